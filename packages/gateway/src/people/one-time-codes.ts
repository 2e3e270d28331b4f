import { randomBytes } from "node:crypto";
import { Secret, TOTP } from "otpauth";
import type { Seal } from "../auth/seal.ts";

const issuer = "Halcyon";
const periodSeconds = 30;
const secretBytes = 20;
/** Codes of so many steps before and after the present one are taken: clocks of telephones differ. */
const stepsAround = 1;

/** One-time codes of a second factor (TOTP, RFC 6238: SHA-1, six digits, 30 seconds, as all apps know it). */
export class OneTimeCodes {
  readonly #seal: Seal;

  constructor(seal: Seal) {
    this.#seal = seal;
  }

  /** A new secret, for the person's app and sealed for the venue. */
  make(person: string): { secret: string; uri: string; sealed: Buffer } {
    const bytes = randomBytes(secretBytes);
    const code = totpOf(person, bytes);
    return {
      secret: code.secret.base32,
      uri: code.toString(),
      sealed: this.#seal.seal(person, bytes),
    };
  }

  /** The step of time that this code belongs to; null: it is none of the present ones. */
  stepOf(person: string, sealed: Uint8Array, code: string, nowMs: number): number | null {
    const secret = this.#seal.open(person, sealed);
    if (secret === null)
      throw new Error(`the second factor of ${person} is not sealed by this key`);
    const delta = totpOf(person, secret).validate({
      token: code,
      timestamp: nowMs,
      window: stepsAround,
    });
    return delta === null ? null : Math.floor(nowMs / 1000 / periodSeconds) + delta;
  }

  isSealed(person: string, sealed: Uint8Array): boolean {
    return this.#seal.open(person, sealed) !== null;
  }
}

function totpOf(label: string, bytes: Uint8Array): TOTP {
  const buffer = new Uint8Array(bytes).buffer;
  return new TOTP({
    issuer,
    label,
    algorithm: "SHA1",
    digits: 6,
    period: periodSeconds,
    secret: new Secret({ buffer }),
  });
}
