import { formatFixed, powerOfTen, printedDecimalsMin } from "../decimal.ts";

/** A change in percent of where it began, to three decimals, rounded to the nearest. */
export function percentText(change: number, from: number): string {
  if (from === 0) return "0.000";
  const doubled = (BigInt(Math.abs(change)) * 200_000n) / BigInt(from);
  const rounded = (doubled + 1n) / 2n;
  return formatFixed(change < 0 ? -rounded : rounded, 3, 3);
}

/**
 * What a whole base unit cost on average: quote units over base units, printed with as many digits
 * as prices, the rest cut off. Nothing traded: zero.
 */
export function averagePriceText(
  quoteUnits: bigint,
  baseUnits: bigint,
  baseDecimals: number,
  quoteDecimals: number,
): string {
  const digits = Math.max(printedDecimalsMin, quoteDecimals);
  if (baseUnits === 0n) return formatFixed(0, 0, digits);
  const scaled = quoteUnits * powerOfTen(baseDecimals) * powerOfTen(digits - quoteDecimals);
  return formatFixed(scaled / baseUnits, digits, digits);
}
