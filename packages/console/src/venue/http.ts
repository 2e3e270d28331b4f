import { venueNowMs } from "./clock.ts";
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

/** Calls back when the venue says that nobody is signed in. */
export function onUnauthorized(listener: () => void): void {
  listeners.add(listener);
}

/** The node that answered last, of which region it is known by name. */
export const servingNode = createStore<string | null>(null);

const OWN_PATH = /^\/(?:api\/v3\/(?:order|openOrders|allOrders|account|myTrades)|sapi\/)/;
const RECV_WINDOW_MS = 20_000;
/** So many nodes have not reached the position: it is one of a venue that is no more. */
const BEHIND_MAX = 3;
let behindCount = 0;

/** Asks somebody to prove once more who it is; false: it was not done. */
type Prover = () => Promise<boolean>;
let prover: Prover | null = null;

/** From now on this is asked where the venue wants a fresh proof, and then the venue again. */
export function onProofNeeded(next: Prover): void {
  prover = next;
}

/** Asks the venue; throws a `VenueError` unless it does as it was asked. */
export async function ask<T>(verb: Verb, path: string, request: Request = {}): Promise<T> {
  const response = await reach(verb, path, request);
  const node = response.headers.get("Halcyon-Node");
  if (node !== null) servingNode.set(node);
  position = Math.max(position, Number(response.headers.get("Halcyon-Position") ?? 0));
  const text = await response.text();
  if (response.status === 401) for (const listener of listeners) listener();
  if (response.ok) {
    behindCount = 0;
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }
  const error = errorOf(response, text);
  if (error.code === "second-factor-needed" && prover !== null && (await prover())) {
    return ask(verb, path, request);
  }
  if (response.status === 503 && ++behindCount >= BEHIND_MAX) position = 0;
  throw error;
}

async function reach(verb: Verb, path: string, request: Request): Promise<Response> {
  const { query = {}, body, headers } = request;
  // The dialect asks for the time of what is an account's own.
  const time = OWN_PATH.test(path) ? { timestamp: venueNowMs(), recvWindow: RECV_WINDOW_MS } : {};
  const pairs = Object.entries({ ...query, ...time }).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]));
  const url = pairs.length === 0 ? path : `${path}?${search}`;
  try {
    return await fetch(url, {
      method: verb,
      headers: {
        Accept: "application/json",
        // No form and no link of another site can send it.
        "X-Requested-With": "page",
        ...(position === 0 ? {} : { "Halcyon-Position": String(position) }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      credentials: "same-origin",
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
