import type { ListQuery } from "./records.ts";

/**
 * The rows that a query wants out of rows ascending by id: with a first id or a start time the
 * oldest that fit, else the newest.
 */
export function selectRows(
  rows: readonly number[],
  query: ListQuery,
  idOf: (row: number) => number,
  timeOf: (row: number) => number,
): number[] {
  const { fromId = 0, startTimeMs = 0, endTimeMs = Number.POSITIVE_INFINITY, limit } = query;
  const fitting = rows.filter((row) => {
    const timeMs = timeOf(row);
    return idOf(row) >= fromId && timeMs >= startTimeMs && timeMs <= endTimeMs;
  });
  const isFromStart = query.fromId !== undefined || query.startTimeMs !== undefined;
  return isFromStart ? fitting.slice(0, limit) : fitting.slice(Math.max(0, fitting.length - limit));
}
