import { unitsOf, unitsText } from "../venue/decimal.ts";
import type { BalanceEntry } from "./people-api.ts";

/** One line of a statement: what changed, and what it was then. All decimals as the venue writes them. */
export interface StatementRow {
  readonly time: string | null;
  readonly position: number;
  /** Of the sum of both; null: what was before is not known. */
  readonly change: string | null;
  readonly available: string;
  readonly held: string;
  readonly total: string;
}

/** From entries that go back to the beginning, or not: then the first change is not known. */
export function statementOf(
  entries: readonly BalanceEntry[],
  isWhole: boolean,
): readonly StatementRow[] {
  let before: bigint | null = isWhole ? 0n : null;
  return entries.map(({ time, position, available, held }) => {
    const decimals = available.split(".")[1]?.length ?? 0;
    const total = unitsOf(available, decimals) + unitsOf(held, decimals);
    const change = before === null ? null : unitsText(total - before, decimals);
    before = total;
    return { time, position, change, available, held, total: unitsText(total, decimals) };
  });
}

const COLUMNS = ["time", "position", "change", "available", "held", "total"] as const;

/** RFC 4180, with the asset in each line. */
export function csvOf(asset: string, rows: readonly StatementRow[]): string {
  const lines = rows.map((row) => [asset, ...COLUMNS.map((name) => row[name] ?? "")].join(","));
  return `${["asset", ...COLUMNS].join(",")}\r\n${lines.map((line) => `${line}\r\n`).join("")}`;
}

export function jsonOf(asset: string, rows: readonly StatementRow[]): string {
  return `${JSON.stringify({ asset, entries: rows }, null, 2)}\n`;
}
