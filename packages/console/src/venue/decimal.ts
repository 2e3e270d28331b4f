/**
 * Exact decimals: a text such as "0.00120000" is a bigint of the last place that counts. Amounts,
 * prices and quantities go through here and never through floating point.
 */

const DECIMAL = /^(\d{1,24})?(?:\.(\d{0,24}))?$/;

/**
 * The number in units of 10^-decimals. null: no number, or one that has more places than that
 * other than zeros.
 */
export function parseUnits(text: string, decimals: number): bigint | null {
  const match = DECIMAL.exec(text);
  const [, whole = "", fraction = ""] = match ?? [];
  if (match === null || whole + fraction === "") return null;
  if (/[1-9]/.test(fraction.slice(decimals))) return null;
  return BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, "0"));
}

/** What the venue sent, which is never malformed. */
export function unitsOf(text: string, decimals: number): bigint {
  const isNegative = text.startsWith("-");
  const units = parseUnits(isNegative ? text.slice(1) : text, decimals);
  if (units === null) throw new Error(`${text} has no ${decimals} decimals`);
  return isNegative ? -units : units;
}

/** Plain text with all decimals: what is sent, and what stands in fields. */
export function unitsText(units: bigint, decimals: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, "0");
  const sign = units < 0n ? "-" : "";
  if (decimals === 0) return sign + digits;
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** The same without zeros at the end. */
export function shortText(units: bigint, decimals: number): string {
  const text = unitsText(units, decimals);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** How many decimals count in a step such as "0.00100000". */
export function decimalsOf(step: string): number {
  return (step.split(".")[1] ?? "").replace(/0+$/, "").length;
}

/** A decimal without the zeros at its end, but with at least so many places. */
export function trimmed(text: string, decimalsMin = 0): string {
  const [whole = "0", fraction = ""] = text.split(".");
  const kept = fraction.replace(/0+$/, "").padEnd(decimalsMin, "0");
  return kept === "" ? whole : `${whole}.${kept}`;
}

/** 10^power. */
export function tenTo(power: number): bigint {
  return 10n ** BigInt(power);
}

export function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

export function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** For drawing only. */
export function toFloat(units: bigint, decimals: number): number {
  return Number(units) / 10 ** decimals;
}
