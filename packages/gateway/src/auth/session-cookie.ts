import type { SessionTokens, ShownSession } from "./session-token.ts";

/**
 * The cookie that holds a session's token. Scripts cannot read it, and no other site's page can have it
 * sent. By TLS it has a name that browsers take only from the very host, by TLS.
 */
const cookieName = "halcyon_session";
const hostCookieName = `__Host-${cookieName}`;

/** Names in lower case, as node:http gives them. */
type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** What a page's own requests say and no form or link of another site can: browsers ask the venue first, which refuses. */
const pageHeader = "x-requested-with";

/** Reads sessions out of requests. */
export class SessionCookies {
  readonly #tokens: SessionTokens;
  readonly #logTimeMs: () => number;

  constructor(tokens: SessionTokens, logTimeMs: () => number) {
    this.#tokens = tokens;
    this.#logTimeMs = logTimeMs;
  }

  /** The session that a request of the venue's own page shows; null where there is none, or another page sent it. */
  ofRequest(headers: Headers): ShownSession | null {
    return isFromPage(headers) ? this.#shown(headers) : null;
  }

  /** The same of a WebSocket's handshake, to which pages cannot add headers: there the origin is always told. */
  ofHandshake(headers: Headers): ShownSession | null {
    return headers["origin"] === undefined || !isOwnPage(headers) ? null : this.#shown(headers);
  }

  #shown({ cookie }: Headers): ShownSession | null {
    if (typeof cookie !== "string") return null;
    const token = cookieOf(cookie, hostCookieName) ?? cookieOf(cookie, cookieName);
    return token === null ? null : this.#tokens.read(token, this.#logTimeMs());
  }
}

/** Whether the venue's own page, or a program, sent it. */
export function isFromPage(headers: Headers): boolean {
  return headers[pageHeader] !== undefined && isOwnPage(headers);
}

/** `Set-Cookie` for a token that is good for so many seconds; for an empty one and 0: the cookie goes. */
export function setCookie(headers: Headers, token: string, maxAgeSeconds: number): string {
  const isSecure = typeof headers["origin"] === "string" && headers["origin"].startsWith("https:");
  const name = isSecure ? hostCookieName : cookieName;
  const secure = isSecure ? "; Secure" : "";
  return `${name}=${token}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`;
}

/** Whether what the browser says of the sender, if anything, names this host. */
function isOwnPage(headers: Headers): boolean {
  const { origin, host, "sec-fetch-site": site } = headers;
  if (site !== undefined && site !== "same-origin") return false;
  if (origin === undefined) return true;
  return typeof origin === "string" && URL.canParse(origin) && new URL(origin).host === host;
}

function cookieOf(header: string, name: string): string | null {
  for (const pair of header.split(";")) {
    const mark = pair.indexOf("=");
    if (mark > 0 && pair.slice(0, mark).trim() === name) return pair.slice(mark + 1).trim();
  }
  return null;
}
