import {
  createHmac,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  timingSafeEqual,
  verify,
} from "node:crypto";
import { type Key, keyKind } from "@halcyon/core";
import type { Seal } from "./seal.ts";

/** Checks the signatures of one API key. */
export type Verifier = (payload: string, signature: string) => boolean;

const hmacHexLength = 64;
const hexPattern = /^[0-9a-fA-F]{64}$/;
const base64Pattern = /^[A-Za-z0-9+/]{40,2048}={0,2}$/;

/**
 * Payloads are latin1 strings: each character is one byte as it was received.
 * HMAC-SHA256 signatures are hexadecimal, Ed25519 and RSA (PKCS#1 v1.5 over SHA-256) base64.
 */
export function verifierOf(key: Key, seal: Seal): Verifier | null {
  switch (key.kind) {
    case keyKind.hmacSha256: {
      const secret = seal.open(key.name, key.material);
      return secret === null ? null : hmacVerifier(createSecretKey(secret));
    }
    case keyKind.ed25519:
      return publicKeyVerifier(key, "ed25519", null);
    case keyKind.rsa:
      return publicKeyVerifier(key, "rsa", "sha256");
    case keyKind.administrator:
      return null;
  }
}

function hmacVerifier(secret: KeyObject): Verifier {
  return (payload, signature) => {
    if (signature.length !== hmacHexLength || !hexPattern.test(signature)) return false;
    const expected = createHmac("sha256", secret).update(payload, "latin1").digest();
    return timingSafeEqual(expected, Buffer.from(signature, "hex"));
  };
}

function publicKeyVerifier(
  key: Key,
  type: "ed25519" | "rsa",
  digest: "sha256" | null,
): Verifier | null {
  const publicKey = readPublicKey(key.material);
  if (publicKey?.asymmetricKeyType !== type) return null;
  return (payload, signature) => {
    // A client that left a plus sign unescaped in a query sent what decodes to a blank.
    const base64 = signature.replaceAll(" ", "+");
    if (!base64Pattern.test(base64)) return false;
    const bytes = Buffer.from(base64, "base64");
    return verify(digest, Buffer.from(payload, "latin1"), publicKey, bytes);
  };
}

/** The public key of DER in SubjectPublicKeyInfo form, or null when the bytes are none. */
export function readPublicKey(der: Uint8Array): KeyObject | null {
  try {
    return createPublicKey({ key: Buffer.from(der), format: "der", type: "spki" });
  } catch {
    return null;
  }
}
