import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
export const masterKeyBytes = 32;

/**
 * Keeps secrets readable only to nodes that hold the master key: AES-256-GCM, and as additional data
 * the name of what the secret belongs to, so that one cannot be put in another's place.
 *
 *   version (1) | nonce (12) | ciphertext | tag (16)
 */
export class Seal {
  readonly #key: Uint8Array;

  /** Each purpose has a key of its own, derived from the master key. */
  constructor(masterKey: Uint8Array, purpose: string) {
    if (masterKey.length !== masterKeyBytes) {
      throw new RangeError(`the master key has ${masterKey.length} bytes and needs 32`);
    }
    const info = `halcyon ${purpose} v${version}`;
    this.#key = new Uint8Array(hkdfSync("sha256", masterKey, new Uint8Array(0), info, 32));
  }

  seal(name: string, secret: Uint8Array): Buffer {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce);
    cipher.setAAD(Buffer.from(name, "utf8"));
    const head = Buffer.concat([Buffer.from([version]), nonce]);
    return Buffer.concat([head, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
  }

  /** The secret, or null when this key or this name did not seal it. */
  open(name: string, sealed: Uint8Array): Buffer | null {
    if (sealed.length < 1 + nonceBytes + tagBytes || sealed[0] !== version) return null;
    const nonce = sealed.subarray(1, 1 + nonceBytes);
    const decipher = createDecipheriv("aes-256-gcm", this.#key, nonce, { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(name, "utf8"));
    decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
    const opened = decipher.update(sealed.subarray(1 + nonceBytes, sealed.length - tagBytes));
    try {
      return Buffer.concat([opened, decipher.final()]);
    } catch {
      // The tag does not fit: that is the answer, not a failure.
      return null;
    }
  }
}
