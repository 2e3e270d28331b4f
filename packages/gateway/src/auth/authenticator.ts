import { type Key, keyKind, keyPermission, type Venue } from "@halcyon/core";
import { type DialectError, dialectError, missingParameter } from "../dialect/errors.ts";
import type { Security } from "../dialect/method.ts";
import { AddressRules } from "./address-rules.ts";
import { BoundedCache } from "./bounded-cache.ts";
import type { Seal } from "./seal.ts";
import { keyOfSession, sessionOfKeyName } from "./session-key.ts";
import { type Verifier, verifierOf } from "./signatures.ts";

/** What a request says about who sends it. */
export type Claim = {
  readonly apiKey: string | undefined;
  readonly address: string;
  readonly timestamp: string | undefined;
  readonly recvWindow: string | undefined;
  readonly signature: string | undefined;
  /** What was signed: one latin1 character for each byte. */
  readonly payload: string;
  /** When it first came to the venue: a request that is sent again is no later for it. */
  readonly arrivedMs: number;
  readonly nowMs: number;
};

const recvWindowDefaultMs = 5_000;
const recvWindowMaxMs = 60_000;
const aheadMaxMs = 1_000;
/** Timestamps from here on are microseconds: in milliseconds this is the year 5138. */
const microsecondsFrom = 1e14;
const keysCachedMax = 10_000;

const apiKeyPattern = /^[A-Za-z0-9_-]{1,128}$/;
const timestampPattern = /^[0-9]{1,16}$/;
const recvWindowPattern = /^[0-9]{1,5}(\.[0-9]{1,3})?$/;

const permissionBits: Readonly<Record<Security, number>> = {
  none: 0,
  key: 0,
  read: keyPermission.read,
  trade: keyPermission.trade,
  withdraw: keyPermission.withdraw,
};

type Known = {
  readonly key: Key;
  readonly verifier: Verifier | null;
  readonly addresses: AddressRules | null;
};

/** Decides who sent a request: by API key, address, time and signature. */
export class Authenticator {
  readonly #venue: () => Venue;
  readonly #seal: Seal;
  readonly #known = new BoundedCache<Known>(keysCachedMax);

  constructor(venue: () => Venue, seal: Seal) {
    this.#venue = venue;
    this.#seal = seal;
  }

  /** The key of a signed request. */
  signed(claim: Claim, security: Security): Key | DialectError {
    const key = this.keyed(claim.apiKey, claim.address, security);
    if ("code" in key) return key;
    const late = this.checkTime(claim);
    if (late !== null) return late;
    if (claim.signature === undefined || claim.signature === "") {
      return missingParameter("signature");
    }
    const verifier = this.#knownOf(key).verifier;
    if (verifier === null) return dialectError.rejectedApiKey;
    return verifier(claim.payload, claim.signature) ? key : dialectError.invalidSignature;
  }

  /** The key of a request that only names one. */
  keyed(apiKey: string | undefined, address: string, security: Security): Key | DialectError {
    if (apiKey === undefined || !apiKeyPattern.test(apiKey)) return dialectError.badApiKeyFormat;
    return this.#permitted(this.#venue().keys.get(apiKey), address, security);
  }

  /** The key that was proven before, by a connection's logon or a sign-in, as far as it still holds. */
  proven(name: string, address: string, security: Security): Key | DialectError {
    const venue = this.#venue();
    const session = sessionOfKeyName(name);
    const key = session === null ? venue.keys.get(name) : keyOfSession(venue, session);
    return this.#permitted(key ?? undefined, address, security);
  }

  #permitted(key: Key | undefined, address: string, security: Security): Key | DialectError {
    if (key === undefined || key.kind === keyKind.administrator) return dialectError.rejectedApiKey;
    const needed = permissionBits[security];
    if ((key.permissions & needed) !== needed) return dialectError.rejectedApiKey;
    if (key.allowedAddresses === "") return key;
    const addresses = this.#knownOf(key).addresses;
    if (addresses !== null && !addresses.has(address)) return dialectError.rejectedApiKey;
    return key;
  }

  /** Whether the request's time was not past its window at its arrival, and is not ahead of now. */
  checkTime({
    timestamp,
    recvWindow,
    arrivedMs,
    nowMs,
  }: Pick<Claim, "timestamp" | "recvWindow" | "arrivedMs" | "nowMs">): DialectError | null {
    if (timestamp === undefined || !timestampPattern.test(timestamp)) {
      return missingParameter("timestamp");
    }
    const windowMs = recvWindow === undefined ? recvWindowDefaultMs : readRecvWindow(recvWindow);
    if (typeof windowMs === "object") return windowMs;
    const sent = Number(timestamp);
    const sentMs = sent >= microsecondsFrom ? sent / 1_000 : sent;
    if (sentMs >= nowMs + aheadMaxMs) return dialectError.timestampAhead;
    return arrivedMs - sentMs <= windowMs ? null : dialectError.outsideRecvWindow;
  }

  #knownOf(key: Key): Known {
    const cached = this.#known.get(key.name);
    // A name may be given again after its key was revoked.
    if (cached !== undefined && cached.key === key) return cached;
    const entries = key.allowedAddresses.split(",").filter((entry) => entry.trim() !== "");
    const known = {
      key,
      verifier: verifierOf(key, this.#seal),
      addresses: entries.length === 0 ? null : new AddressRules(entries),
    };
    this.#known.set(key.name, known);
    return known;
  }
}

function readRecvWindow(text: string): number | DialectError {
  if (!recvWindowPattern.test(text)) return missingParameter("recvWindow");
  const windowMs = Number(text);
  return windowMs > recvWindowMaxMs ? dialectError.recvWindowTooLong : windowMs;
}
