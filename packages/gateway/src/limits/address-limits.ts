import { banned, type DialectError, tooManyRequests, tooMuchWeight } from "../dialect/errors.ts";
import { addressGroup } from "./address-group.ts";

/** A refusal with the time after which trying again makes sense. */
export type Throttled = { readonly error: DialectError; readonly retryAfterMs: number };

type Usage = {
  minute: number;
  weight: number;
  /** Requests refused in this minute. */
  refused: number;
  requestsWindow: number;
  requests: number;
  /** Bans so far; each is longer than the one before. */
  bans: number;
  bannedUntilMs: number;
};

const minuteMs = 60_000;
const requestsWindowMs = 5 * minuteMs;
const addressesMax = 100_000;
/** Requests that a client may still send in the minute after it was told to wait. */
const refusedBeforeBan = 500;
const banFirstMs = 2 * minuteMs;
const banMaxMs = 3 * 24 * 60 * minuteMs;

/** Request weight per client address, counted by clock minutes as clients expect it. */
export class AddressLimits {
  readonly weightPerMinute: number;
  readonly requestsPer5Minutes: number;
  readonly #usages = new Map<string, Usage>();

  constructor(weightPerMinute: number, requestsPer5Minutes: number) {
    this.weightPerMinute = weightPerMinute;
    this.requestsPer5Minutes = requestsPer5Minutes;
  }

  /** Counts a request; null when it may go on. */
  charge(address: string, weight: number, nowMs: number): Throttled | null {
    const usage = this.#usageOf(address, nowMs);
    if (nowMs < usage.bannedUntilMs) return bannedFor(usage, nowMs);
    usage.weight += weight;
    usage.requests++;
    if (usage.weight > this.weightPerMinute) {
      const error = tooMuchWeight(this.weightPerMinute);
      return this.#refuse(usage, error, minuteMs, nowMs);
    }
    if (usage.requests > this.requestsPer5Minutes) {
      const error = tooManyRequests(this.requestsPer5Minutes);
      return this.#refuse(usage, error, requestsWindowMs, nowMs);
    }
    return null;
  }

  usedWeight(address: string, nowMs: number): number {
    return this.#usageOf(address, nowMs).weight;
  }

  #refuse(usage: Usage, error: DialectError, windowMs: number, nowMs: number): Throttled {
    usage.refused++;
    if (usage.refused > refusedBeforeBan) {
      usage.bannedUntilMs = nowMs + Math.min(banFirstMs * 2 ** usage.bans, banMaxMs);
      usage.bans++;
      return bannedFor(usage, nowMs);
    }
    return { error, retryAfterMs: windowMs - (nowMs % windowMs) };
  }

  #usageOf(address: string, nowMs: number): Usage {
    const group = addressGroup(address);
    const minute = Math.floor(nowMs / minuteMs);
    const requestsWindow = Math.floor(nowMs / requestsWindowMs);
    let usage = this.#usages.get(group);
    if (usage === undefined) {
      usage = {
        minute,
        weight: 0,
        refused: 0,
        requestsWindow,
        requests: 0,
        bans: 0,
        bannedUntilMs: 0,
      };
      this.#usages.set(group, usage);
      if (this.#usages.size > addressesMax) this.#forgetOldest();
      return usage;
    }
    if (usage.minute !== minute) {
      usage.minute = minute;
      usage.weight = 0;
      usage.refused = 0;
      // Keeps the table in the order of the last minute in which an address was seen.
      this.#usages.delete(group);
      this.#usages.set(group, usage);
    }
    if (usage.requestsWindow !== requestsWindow) {
      usage.requestsWindow = requestsWindow;
      usage.requests = 0;
    }
    return usage;
  }

  #forgetOldest(): void {
    for (const group of this.#usages.keys()) {
      this.#usages.delete(group);
      return;
    }
  }
}

function bannedFor(usage: Usage, nowMs: number): Throttled {
  return { error: banned(usage.bannedUntilMs), retryAfterMs: usage.bannedUntilMs - nowMs };
}
