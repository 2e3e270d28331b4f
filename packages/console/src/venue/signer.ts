import { venueNowMs } from "./clock.ts";

/** Signs in the name of an API key. The secret stays in this page's memory and cannot be read out. */
export interface Signer {
  readonly apiKey: string;
  /** A query with its time and its signature (HMAC-SHA256, hex). */
  signed(query: URLSearchParams): Promise<URLSearchParams>;
}

const RECV_WINDOW_MS = 20_000;

/** Null where the browser lends no cryptography: only on pages that came by TLS, or from this machine. */
export async function signerOf(apiKey: string, secret: string): Promise<Signer | null> {
  // Typed as always there; on other pages it is not.
  const subtle = crypto.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) return null;
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
  return {
    apiKey,
    async signed(query) {
      const payload = new URLSearchParams(query);
      payload.set("recvWindow", String(RECV_WINDOW_MS));
      payload.set("timestamp", String(venueNowMs()));
      const mac = await subtle.sign("HMAC", key, encoder.encode(payload.toString()));
      payload.set("signature", hexOf(new Uint8Array(mac)));
      return payload;
    },
  };
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
