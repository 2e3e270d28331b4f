import { InputError } from "./errors.ts";
import type { Signer } from "./signer.ts";

/** Prices and quantities are text; numbers are ids, times and counts. */
export type ParameterValue = string | number | boolean | undefined;
export type Parameters = Readonly<Record<string, ParameterValue>>;

/** Parameters as a query. Numbers that are no whole ones are refused: prices and quantities are text. */
export function queryOf(parameters: Parameters): string {
  let query = "";
  for (const name in parameters) {
    const value = parameters[name];
    if (value === undefined) continue;
    if (typeof value === "number" && !Number.isSafeInteger(value)) {
      throw new InputError(`${name} is ${value}: write prices and quantities as text, "0.1"`);
    }
    query += `${query === "" ? "" : "&"}${name}=${encodeURIComponent(value)}`;
  }
  return query;
}

/** A query with its time and signature. */
export function signedQuery(
  query: string,
  timestampMs: number,
  recvWindowMs: number,
  signer: Signer,
): string {
  const time = `recvWindow=${recvWindowMs}&timestamp=${Math.floor(timestampMs)}`;
  const payload = query === "" ? time : `${query}&${time}`;
  return `${payload}&signature=${encodeURIComponent(signer(payload))}`;
}
