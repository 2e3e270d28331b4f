import type { Call } from "../admin/route.ts";
import type { Peer } from "./node-control.ts";

const timeoutMs = 2_000;

/** What a peer answered; null: it did not. */
export type PeerAnswer = { readonly status: number; readonly body: unknown };

/**
 * Asks another node in the name of whoever asked this one: it shows what was shown here, and the other
 * node decides by itself whether that will do. No node has rights of its own over another.
 */
export async function askPeer(
  peer: Peer,
  call: Call,
  method: "GET" | "POST",
  path: string,
): Promise<PeerAnswer | null> {
  const headers: Record<string, string> = {};
  for (const name of ["authorization", "cookie", "x-requested-with"] as const) {
    const value = call.headers[name];
    if (typeof value === "string") headers[name] = value;
  }
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const url = `http://${peer.host}:${peer.port}/admin/v1${path}`;
    const response = await fetch(url, { method, headers, signal });
    return { status: response.status, body: await response.json() };
  } catch {
    // Dead, cut off or too slow: whoever asks is told that it does not answer.
    return null;
  }
}
