import { createHmac } from "node:crypto";

/**
 * Secrets that the venue makes are functions of the master key and the request that asks for them.
 * So a request that is executed once but answered twice, by two nodes even, shows the same secret
 * both times, and a request whose content differs can never be taken for its repetition.
 */
export class DerivedSecret {
  private readonly masterKey: Uint8Array;
  private readonly context: string;

  /** `parts` are what the request asks for, its id first. */
  constructor(masterKey: Uint8Array, parts: readonly (string | number)[]) {
    this.masterKey = masterKey;
    this.context = JSON.stringify(parts);
  }

  /** 32 bytes; `purpose` keeps the name of a key and its secret independent of each other. */
  bytes(purpose: string, block = 0): Buffer {
    return createHmac("sha256", this.masterKey)
      .update(JSON.stringify(["halcyon admin", purpose, block]))
      .update(this.context)
      .digest();
  }

  /** Letters and digits, each equally likely: bytes beyond the last multiple of 62 are passed over. */
  alphanumeric(purpose: string, length: number): string {
    let text = "";
    for (let block = 0; text.length < length; block++) {
      for (const byte of this.bytes(purpose, block)) {
        if (byte < 248 && text.length < length) text += alphabet[byte % 62]!;
      }
    }
    return text;
  }
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
