import { createHash } from "node:crypto";
import type { Key, Venue } from "@halcyon/core";
import type { Seal } from "./seal.ts";

/**
 * Listen keys carry in themselves whom they let in and until when, sealed, so that every node of the
 * venue knows a key that any other node gave out, and none has to remember it.
 */
export class ListenKeys {
  readonly #seal: Seal;
  readonly #venue: () => Venue;
  readonly #now: () => number;

  constructor(seal: Seal, venue: () => Venue, now: () => number) {
    this.#seal = seal;
    this.#venue = venue;
    this.#now = now;
  }

  create(key: Key): string {
    const content = Buffer.alloc(contentBytes);
    content.writeInt32LE(key.account, 0);
    content.writeDoubleLE(this.#now() + lifetimeMs, 4);
    content.set(fingerprint(key), 12);
    return this.#seal.seal(sealedName, content).toString("base64url");
  }

  /** Whose stream the listen key opens, as long as the API key that made it is not revoked. */
  verify(listenKey: string): { readonly account: number; readonly key: Key } | null {
    if (!listenKeyPattern.test(listenKey)) return null;
    const sealed = Buffer.from(listenKey, "base64url");
    // The last character has bits to spare: only one spelling of a key is the key.
    if (sealed.toString("base64url") !== listenKey) return null;
    const content = this.#seal.open(sealedName, sealed);
    if (content === null || content.length !== contentBytes) return null;
    if (content.readDoubleLE(4) < this.#now()) return null;
    const account = content.readInt32LE(0);
    const maker = content.subarray(12);
    const keys = this.#venue().keys.ofAccount(account);
    const key = keys.find((candidate) => maker.equals(fingerprint(candidate)));
    return key === undefined ? null : { account, key };
  }
}

const sealedName = "listen key";
const contentBytes = 20;
const listenKeyPattern = /^[A-Za-z0-9_-]{66}$/;
/**
 * Clients renew a key every half hour and reconnect with it after a day at the latest. No node could
 * tell the others of a renewal, so the life is long enough that one is never needed.
 */
const lifetimeMs = 7 * 24 * 3_600_000;

function fingerprint(key: Key): Uint8Array {
  return createHash("sha256").update(key.name).digest().subarray(0, 8);
}
