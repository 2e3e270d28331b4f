/**
 * Amounts as text and as integers, exactly: no float in between. An amount of an asset with d
 * decimals is a whole number of units of 10^-d.
 */

/** The form of every amount a client may send: up to 20 digits on either side of the point. */
export const decimalPattern: RegExp = /^([0-9]{1,20})(\.[0-9]{1,20})?$/;

/** Most digits after the point that the dialect prints at least. */
export const printedDecimalsMin = 8;

const exactLimit = 9007199254740991n;

/**
 * The units that a text in the form of `decimalPattern` names; null when it has more decimals, zeros
 * at the end left out, than the asset.
 */
export function parseDecimal(text: string, decimals: number): bigint | null {
  const point = text.indexOf(".");
  if (point < 0) return BigInt(text) * powerOfTen(decimals);
  let end = text.length;
  while (text.charCodeAt(end - 1) === 48) end--;
  const fraction = text.slice(point + 1, end);
  if (fraction.length > decimals) return null;
  return BigInt(text.slice(0, point) + fraction.padEnd(decimals, "0"));
}

/** Units as text with a fixed number of digits after the point: at least 8, else all the asset has. */
export function formatUnits(units: bigint | number, decimals: number): string {
  return formatFixed(units, decimals, Math.max(printedDecimalsMin, decimals));
}

/** Units of 10^-decimals as text with exactly `digits` (not fewer than `decimals`) after the point. */
export function formatFixed(units: bigint | number, decimals: number, digits: number): string {
  if (units < 0) return `-${formatFixed(-units, decimals, digits)}`;
  const text = String(units).padStart(decimals + 1, "0");
  const whole = text.slice(0, text.length - decimals);
  if (digits === 0) return whole;
  return `${whole}.${text.slice(text.length - decimals).padEnd(digits, "0")}`;
}

/** A rate in millionths as the dialect prints rates: 1000 is "0.00100000". */
export function formatPpm(ppm: number): string {
  return formatFixed(ppm, 6, printedDecimalsMin);
}

/** The number of a non-negative integer that floats hold exactly, else null. */
export function exactNumber(value: bigint): number | null {
  return value <= exactLimit ? Number(value) : null;
}

const powers: bigint[] = Array.from({ length: 41 }, (_, exponent) => 10n ** BigInt(exponent));

/** 10^exponent, for exponents from 0 to 40. */
export function powerOfTen(exponent: number): bigint {
  const power = powers[exponent];
  if (power === undefined) throw new RangeError(`10^${exponent}: exponents go from 0 to 40`);
  return power;
}
