import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import type { CommandLog } from "@halcyon/log";
import type { HealthAnswer, Logger } from "@halcyon/process";
import type { SnapshotStore } from "@halcyon/replica";

/**
 * Followers of several zones help each other out: one that was away so long that the log was
 * trimmed past its newest snapshot gets a newer one from another zone. What is sent is encrypted
 * with a key made from the venue's master key, so that whoever else asks gets nothing of use:
 *
 *   12 bytes nonce · the file, AES-256-GCM · 16 bytes tag
 */
const cipher = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;
const fetchTimeoutMs = 120_000;
export const newestSnapshotPath = "/snapshots/newest";

function keyOf(masterKey: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", masterKey, "", "snapshots between zones", keyBytes));
}

/** Answers with the newest snapshot, one caller at a time. */
export class SnapshotOffer {
  readonly #store: SnapshotStore;
  readonly #key: Uint8Array;
  #sending = false;

  constructor(store: SnapshotStore, masterKey: Uint8Array) {
    this.#store = store;
    this.#key = keyOf(masterKey);
  }

  async answer(): Promise<HealthAnswer> {
    if (this.#sending) return { status: 429, body: { status: "another zone is being served" } };
    this.#sending = true;
    const [newest] = await this.#store.positions();
    if (newest === undefined) {
      this.#sending = false;
      return { status: 404, body: { status: "no snapshot was written yet" } };
    }
    const body = Readable.from(this.#sealed(this.#store.path(newest)));
    body.once("close", () => {
      this.#sending = false;
    });
    return { status: 200, body };
  }

  async *#sealed(path: string): AsyncGenerator<Uint8Array> {
    const nonce = randomBytes(nonceBytes);
    const sealing = createCipheriv(cipher, this.#key, nonce);
    yield nonce;
    for await (const chunk of createReadStream(path)) yield sealing.update(chunk as Uint8Array);
    yield sealing.final();
    yield sealing.getAuthTag();
  }
}

/** Throws when it was not sent whole, or by somebody without the master key. */
export function openSealed(bytes: Uint8Array, masterKey: Uint8Array): Uint8Array {
  if (bytes.length < nonceBytes + tagBytes) throw new Error("the snapshot was cut short");
  const opening = createDecipheriv(cipher, keyOf(masterKey), bytes.subarray(0, nonceBytes));
  opening.setAuthTag(bytes.subarray(bytes.length - tagBytes));
  const sealed = bytes.subarray(nonceBytes, bytes.length - tagBytes);
  return Buffer.concat([opening.update(sealed), opening.final()]);
}

export type SnapshotNeed = {
  readonly log: Pick<CommandLog, "first">;
  readonly store: SnapshotStore;
  /** Health addresses of the other zones' followers, as URLs. */
  readonly peers: readonly string[];
  readonly masterKey: Uint8Array;
  readonly logger: Logger;
};

/** Brings a snapshot of another zone when the log does not go on from the newest own one. */
export async function fetchSnapshotIfBehind(need: SnapshotNeed): Promise<void> {
  const { log, store, peers, masterKey, logger } = need;
  const first = await log.first();
  const newest = (await store.positions())[0] ?? 0;
  if (first <= newest + 1) return;
  for (const peer of peers) {
    try {
      const signal = AbortSignal.timeout(fetchTimeoutMs);
      const response = await fetch(peer + newestSnapshotPath, { signal });
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      const sealed = new Uint8Array(await response.arrayBuffer());
      const position = await store.adopt(openSealed(sealed, masterKey));
      logger.warn({ peer, position, first, newest }, "took another zone's snapshot");
      if (position + 1 >= first) return;
    } catch (error) {
      logger.error({ err: error, peer }, "no snapshot from this zone");
    }
  }
}
