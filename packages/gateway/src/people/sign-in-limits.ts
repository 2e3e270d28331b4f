import { FailedAttempts } from "../admin/failed-attempts.ts";
import { addressGroup } from "../limits/address-group.ts";

const perNameMax = 5;
const perAddressMax = 50;
const windowMs = 60_000;

/**
 * Failed sign-ins, by person and address together and by address alone. Never by person alone: then a
 * stranger who guesses could lock a person out. Each node counts for itself.
 */
export class SignInLimits {
  readonly #perName = new FailedAttempts(perNameMax, windowMs);
  readonly #perAddress = new FailedAttempts(perAddressMax, windowMs);

  /** How long this address must wait before it may try for this person; 0: not at all. */
  waitMs(person: string, address: string, nowMs: number): number {
    const group = addressGroup(address);
    return Math.max(
      this.#perName.waitMs(`${person} ${group}`, nowMs),
      this.#perAddress.waitMs(group, nowMs),
    );
  }

  failed(person: string, address: string, nowMs: number): void {
    const group = addressGroup(address);
    this.#perName.add(`${person} ${group}`, nowMs);
    this.#perAddress.add(group, nowMs);
  }
}
