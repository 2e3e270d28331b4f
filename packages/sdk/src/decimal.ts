import { InputError } from "./errors.ts";

const pattern = /^(\d{1,30})(?:\.(\d{1,30}))?$/;

/** A decimal as an integer: `units` of 10^-`places`. */
export type Exact = { readonly units: bigint; readonly places: number };

/** Throws unless the text is a decimal that is not negative, without sign or exponent. */
export function exact(text: string): Exact {
  const match = typeof text === "string" ? pattern.exec(text) : null;
  if (match === null) {
    throw new InputError(`${JSON.stringify(text)} is no decimal: write it as text, like "0.1"`);
  }
  const [, whole, fraction = ""] = match;
  return { units: BigInt(whole! + fraction), places: fraction.length };
}

/** An integer number of units of 10^-`places` as text. */
export function decimalText(units: bigint, places: number): string {
  if (places === 0) return String(units);
  const digits = String(units).padStart(places + 1, "0");
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** Below 0 when a is less than b, above when more, 0 when they are the same amount. */
export function compareDecimals(a: string, b: string): number {
  if (a === b) return 0;
  const [dotA, dotB] = [a.indexOf("."), b.indexOf(".")];
  // What a venue says of one market has the same number of places: then texts compare like amounts.
  if (dotA >= 0 && dotB >= 0 && a.length - dotA === b.length - dotB) {
    if (dotA !== dotB) return dotA - dotB;
    return a < b ? -1 : 1;
  }
  const [x, y] = common(exact(a), exact(b));
  return x < y ? -1 : x > y ? 1 : 0;
}

/** The units of both, in the finer places of the two. */
function common(a: Exact, b: Exact): [bigint, bigint] {
  const places = Math.max(a.places, b.places);
  const scaled = ({ units, places: own }: Exact) => units * 10n ** BigInt(places - own);
  return [scaled(a), scaled(b)];
}

/** How often `step` fits into an amount, and what is left over, in units too small to name. */
export function divide(amount: string, step: string): { count: bigint; isWhole: boolean } {
  const [whole, part] = common(exact(amount), exact(step));
  if (part === 0n) throw new InputError(`a step of ${step} divides nothing`);
  return { count: whole / part, isWhole: whole % part === 0n };
}
