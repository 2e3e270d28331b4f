import { FailedAttempts } from "../admin/failed-attempts.ts";
import { addressGroup } from "../limits/address-group.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/**
 * Failed sign-ins, by person and address together and by address alone, over a minute, an hour and a
 * day. Never by person alone: then a stranger who guesses could lock a person out. Wrong codes of a
 * second factor are another matter: who gets so far knows the password, or has the session, and six
 * digits are few. They count by person, from wherever they come. Each node counts for itself.
 */
export class SignInLimits {
  readonly #perName = [
    new FailedAttempts(5, minuteMs),
    new FailedAttempts(20, hourMs),
    new FailedAttempts(50, 24 * hourMs),
  ];
  readonly #perAddress = [new FailedAttempts(50, minuteMs), new FailedAttempts(500, 24 * hourMs)];
  readonly #codes = new FailedAttempts(10, hourMs);

  /** How long this address must wait before it may try for this person; 0: not at all. */
  waitMs(person: string, address: string, nowMs: number): number {
    const group = addressGroup(address);
    return Math.max(
      ...this.#perName.map((each) => each.waitMs(`${person} ${group}`, nowMs)),
      ...this.#perAddress.map((each) => each.waitMs(group, nowMs)),
    );
  }

  failed(person: string, address: string, nowMs: number): void {
    const group = addressGroup(address);
    for (const each of this.#perName) each.add(`${person} ${group}`, nowMs);
    for (const each of this.#perAddress) each.add(group, nowMs);
  }

  /** How long before another code of this person is looked at. */
  codeWaitMs(person: string, nowMs: number): number {
    return this.#codes.waitMs(person, nowMs);
  }

  codeFailed(person: string, nowMs: number): void {
    this.#codes.add(person, nowMs);
  }
}
