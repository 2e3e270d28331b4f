import { createHash } from "node:crypto";
import type { TransferId } from "@halcyon/core";

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * The permanent id of a deposit or withdrawal with that reference: the first 128 bits of a SHA-256,
 * the same on every node and in every version, or a payment could be booked twice. Undefined without
 * a reference.
 */
export function transferIdOfReference(
  kind: "deposit" | "withdrawal",
  account: number,
  reference: string,
): TransferId | undefined {
  if (reference === "") return undefined;
  const hash = createHash("sha256")
    .update(JSON.stringify([kind, account, reference]))
    .digest();
  return [hash.readInt32BE(0), hash.readInt32BE(4), hash.readInt32BE(8), hash.readInt32BE(12)];
}

/** An id in the form of a UUID of any version, in lower case; null when the text is none, or all zeros. */
export function readTransferId(text: string): TransferId | null {
  if (!uuidPattern.test(text)) return null;
  const hex = text.replaceAll("-", "");
  const word = (at: number) => Number.parseInt(hex.slice(at, at + 8), 16) | 0;
  const id: TransferId = [word(0), word(8), word(16), word(24)];
  return id.every((part) => part === 0) ? null : id;
}
