import { type DialectError, dialectError, invalidParameter } from "../errors.ts";
import { type Params, param } from "../params.ts";

/** What bounds a list of orders, trades or lists: times, and how many. */
export const windowParams = {
  startTime: param.integer,
  endTime: param.integer,
  limit: param.integer,
} as const;
const windowMaxMs = 24 * 3_600_000;
const limitDefault = 500;
const limitMax = 1_000;

export type Window = {
  readonly startTimeMs: number | undefined;
  readonly endTimeMs: number | undefined;
  readonly limit: number;
};

export function readWindow(params: Params): Window | DialectError {
  const startTimeMs = params.integer("startTime");
  const endTimeMs = params.integer("endTime");
  const limit = readLimit(params);
  if (typeof limit === "object") return limit;
  if (startTimeMs !== undefined && endTimeMs !== undefined) {
    if (startTimeMs > endTimeMs) return dialectError.startAfterEnd;
    if (endTimeMs - startTimeMs > windowMaxMs) return dialectError.intervalTooLong;
  }
  return { startTimeMs, endTimeMs, limit };
}

/** How many rows at most; more than the most that there can be is as much as that. */
export function readLimit(params: Params): number | DialectError {
  const limit = params.integer("limit") ?? limitDefault;
  return limit === 0 ? invalidParameter("limit") : Math.min(limit, limitMax);
}

export function isTimed(window: Window): boolean {
  return window.startTimeMs !== undefined || window.endTimeMs !== undefined;
}
