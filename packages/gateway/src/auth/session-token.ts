import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/** What a browser shows of its session. */
export type ShownSession = {
  readonly id: string;
  /** Of the log, at which the session became what it is: a node that answers has applied it. */
  readonly position: number;
  /** Log time. */
  readonly expiresAtMs: number;
};

const tokenPattern = /^([A-Za-z0-9_-]{16,64})\.([0-9]{1,16})\.([0-9]{1,16})\.([A-Za-z0-9_-]{43})$/;

/**
 * Signed tokens of sessions: every node that has the master key can make and verify them. A token says
 * only that the venue gave it out: whether the session is still open is in the venue's state.
 *
 *   session id . position . end in ms . HMAC-SHA256 of what stands before, in base64url
 */
export class SessionTokens {
  readonly #key: Uint8Array;

  constructor(masterKey: Uint8Array) {
    const info = "halcyon session tokens v1";
    this.#key = new Uint8Array(hkdfSync("sha256", masterKey, new Uint8Array(0), info, 32));
  }

  issue({ id, position, expiresAtMs }: ShownSession): string {
    const head = `${id}.${position}.${expiresAtMs}`;
    return `${head}.${this.#sign(head).toString("base64url")}`;
  }

  /** Null: none that this venue gave out, or its time is over. */
  read(token: string, logTimeMs: number): ShownSession | null {
    const match = tokenPattern.exec(token);
    if (match === null) return null;
    const [, id = "", position, expiresAt, signature = ""] = match;
    const head = token.slice(0, token.length - signature.length - 1);
    if (!timingSafeEqual(this.#sign(head), Buffer.from(signature, "base64url"))) return null;
    const shown = { id, position: Number(position), expiresAtMs: Number(expiresAt) };
    return shown.expiresAtMs > logTimeMs ? shown : null;
  }

  #sign(head: string): Buffer {
    return createHmac("sha256", this.#key).update(head).digest();
  }
}
