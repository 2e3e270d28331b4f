/** Decimal text such as "0.00001" as an exact fraction: digits / 10^scale. */
export type Decimal = { readonly digits: bigint; readonly scale: number };

/** Plain notation only: no sign, no exponent; null for anything else. */
export function parseDecimal(text: string): Decimal | null {
  const match = /^(\d{1,20})(?:\.(\d{1,18}))?$/.exec(text);
  if (match === null) return null;
  const fraction = match[2] ?? "";
  return { digits: BigInt(match[1] + fraction), scale: fraction.length };
}

/** The decimal in units of 10^-decimals, or null where that is not a whole number. */
export function wholeUnits(value: Decimal, decimals: number): bigint | null {
  if (decimals >= value.scale) return value.digits * 10n ** BigInt(decimals - value.scale);
  const divisor = 10n ** BigInt(value.scale - decimals);
  return value.digits % divisor === 0n ? value.digits / divisor : null;
}

/** How often `step` fits into `value`, or null where it does not fit without a rest. */
export function wholeSteps(value: Decimal, step: Decimal): bigint | null {
  const scale = Math.max(value.scale, step.scale);
  const dividend = wholeUnits(value, scale)!;
  const divisor = wholeUnits(step, scale)!;
  return divisor !== 0n && dividend % divisor === 0n ? dividend / divisor : null;
}
