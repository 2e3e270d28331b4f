import type { Random } from "@halcyon/sim";

export type Verdict = "accepted" | "refused";

/** A decoder with what its cases are made of and what must hold for each. */
export type Decoder = {
  readonly name: string;
  /** The bytes of a case: something valid, changed or not. The same `random` makes the same bytes. */
  make(random: Random): Uint8Array;
  /** Decodes the bytes and uses what they became. Throws when something that must hold does not. */
  check(bytes: Uint8Array): Verdict | Promise<Verdict>;
  /** Bytes that a failing case is cut down by at a time. */
  readonly unitBytes: number;
  /** Puts right, after a cut, what would be refused at once: lengths, counts, checksums. */
  mend(bytes: Uint8Array): Uint8Array;
};

export function assertSameBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  if (Buffer.compare(actual, expected) === 0) return;
  const at = actual.findIndex((byte, index) => byte !== expected[index]);
  throw new Error(
    `${what} are ${actual.length} bytes, not the ${expected.length} there were; they differ from byte ${at} on`,
  );
}
