/** What the address of an upgrade asks for. */
export type Target =
  | { readonly kind: "market"; readonly combined: boolean; readonly names: readonly string[] }
  | { readonly kind: "api"; readonly returnRateLimits: boolean };

/**
 * Reads the address of an upgrade; null: no WebSocket lives there.
 *
 *   /ws, /ws/NAME, /ws/NAME/NAME       raw events
 *   /stream, /stream?streams=NAME/NAME events wrapped with the name of their stream
 *   /stream/ws, /stream/ws/NAME        raw as well: ccxt looks for "/stream" in the address of a spot
 *                                      venue, and with one host for everything only the path can have it
 *   /ws-api/v3                         the WebSocket API
 *
 * What clients put behind /ws need not be a stream: ccxt counts its sockets there (/ws/0, /ws/1).
 */
export function parseTarget(url: string): Target | null {
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1));
  const segments = decodedSegments(path);
  if (segments === null) return null;
  if (segments[0] === "ws-api" && segments[1] === "v3" && segments.length === 2) {
    const shown = query.get("returnRateLimits")?.toLowerCase() !== "false";
    return { kind: "api", returnRateLimits: shown };
  }
  if (segments[0] === "ws") return { kind: "market", combined: false, names: segments.slice(1) };
  if (segments[0] !== "stream") return null;
  if (segments[1] === "ws") return { kind: "market", combined: false, names: segments.slice(2) };
  if (segments.length > 1) return null;
  const names = (query.get("streams") ?? "").split("/").filter((name) => name !== "");
  return { kind: "market", combined: true, names };
}

function decodedSegments(path: string): string[] | null {
  const segments = path.split("/").filter((segment) => segment !== "");
  try {
    return segments.map(decodeURIComponent);
  } catch {
    return null;
  }
}
