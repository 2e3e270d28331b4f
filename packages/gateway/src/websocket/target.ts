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
  const segments = path
    .split("/")
    .filter((segment) => segment !== "")
    .map(decoded);
  const query = mark < 0 ? "" : url.slice(mark + 1);
  const names = (queryValue(query, "streams") ?? "").split("/").filter((name) => name !== "");
  if (segments[0] === "ws-api" && segments[1] === "v3" && segments.length === 2) {
    const shown = queryValue(query, "returnRateLimits")?.toLowerCase() !== "false";
    return { kind: "api", returnRateLimits: shown };
  }
  if (segments[0] === "ws") return { kind: "market", combined: false, names: segments.slice(1) };
  if (segments[0] !== "stream") return null;
  if (segments[1] === "ws") return { kind: "market", combined: false, names: segments.slice(2) };
  if (segments.length > 1) return null;
  return { kind: "market", combined: true, names };
}

/** The value as it stands: a plus sign, as in `@+08:00`, is no blank here. */
function queryValue(query: string, name: string): string | null {
  const part = query.split("&").find((pair) => pair.startsWith(`${name}=`));
  return part === undefined ? null : decoded(part.slice(name.length + 1));
}

/** What cannot be decoded stays as it is: it is the name of no stream. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
