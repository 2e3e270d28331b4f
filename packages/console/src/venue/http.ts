import type { Signer } from "./signer.ts";
import { createStore } from "./store.ts";

/** What the venue refused, or could not be asked; `message` says what to do. */
export class VenueError extends Error {
  /** HTTP's; 0 where no answer came. */
  readonly status: number;
  /** The dialect's code, or the name of the problem; "" where there is none. */
  readonly code: string;
  /** How long to wait before another attempt; null where the venue says nothing of it. */
  readonly retryAfterMs: number | null;

  constructor(status: number, code: string, message: string, retryAfterMs: number | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the venue may have done what it was asked all the same. */
  get isOutcomeUnknown(): boolean {
    return this.status === 0 || (this.status >= 500 && this.code !== "-1008");
  }
}

export type Verb = "GET" | "POST" | "PUT" | "DELETE";

export interface Request {
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Sent as JSON. */
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 12_000;

/** The latest state that was seen: whoever answers next shall know at least that. */
let position = 0;
const listeners = new Set<() => void>();

/** What is an account's own, and so is signed. */
const OWN_PATH = /^\/api\/v3\/(?:order|openOrders|allOrders|account|myTrades)/;
let signer: Signer | null = null;

/** From now on requests for what is an account's own are signed so; null: they are not. */
export function signWith(next: Signer | null): void {
  signer = next;
}

/** Calls back when the venue says that it does not know the key. */
export function onUnauthorized(listener: () => void): void {
  listeners.add(listener);
}

/** The node that answered last, of which region it is known by name. */
export const servingNode = createStore<string | null>(null);

/** Asks the venue; throws a `VenueError` unless it does as it was asked. */
export async function ask<T>(verb: Verb, path: string, request: Request = {}): Promise<T> {
  const response = await reach(verb, path, request);
  const node = response.headers.get("Halcyon-Node");
  if (node !== null) servingNode.set(node);
  position = Math.max(position, Number(response.headers.get("Halcyon-Position") ?? 0));
  const text = await response.text();
  if (response.status === 401) for (const listener of listeners) listener();
  if (response.ok) return (text === "" ? undefined : JSON.parse(text)) as T;
  throw errorOf(response, text);
}

async function reach(verb: Verb, path: string, request: Request): Promise<Response> {
  const { query = {}, body, headers } = request;
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
  const plain = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]));
  const by = OWN_PATH.test(path) ? signer : null;
  const search = by === null ? plain : await by.signed(plain);
  const url = search.size === 0 ? path : `${path}?${search}`;
  try {
    return await fetch(url, {
      method: verb,
      headers: {
        Accept: "application/json",
        ...(by === null ? {} : { "X-MBX-APIKEY": by.apiKey }),
        ...(position === 0 ? {} : { "Halcyon-Position": String(position) }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      credentials: "omit",
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new VenueError(0, "", "The venue did not answer. Check the connection, then try again.");
  }
}

interface Refusal {
  readonly code?: number;
  readonly msg?: string;
  readonly type?: string;
  readonly detail?: string;
  readonly title?: string;
}

function errorOf(response: Response, text: string): VenueError {
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : null;
  let refusal: Refusal = {};
  try {
    refusal = JSON.parse(text) as Refusal;
  } catch {
    // A proxy's own words: its status has to do.
  }
  const code = refusal.code?.toString() ?? refusal.type?.split(/[:/]/).at(-1) ?? "";
  const message =
    refusal.msg ?? refusal.detail ?? refusal.title ?? `The venue answered ${response.status}.`;
  return new VenueError(response.status, code, message, retryAfterMs);
}
