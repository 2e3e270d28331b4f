import type { Key, RequestId } from "@halcyon/core";
import { type DialectError, dialectError } from "./errors.ts";
import type { Answer, GatewayContext, Method } from "./method.ts";
import { checkParams, Params, type RawParams } from "./params.ts";
import { requestIdOfKey, requestIdText, requestTimeMs } from "./request-id.ts";

/** A request as either transport hands it over. */
export type DialectRequest = {
  readonly address: string;
  readonly requestId: RequestId;
  readonly retry: boolean;
  /** Whether a limit may refuse it: not where it may have been executed already. */
  readonly limited: boolean;
  /** By which a client repeats a request that changes something; reads ignore it. */
  readonly idempotencyKey?: string | undefined;
  readonly apiKey: string | undefined;
  readonly params: RawParams;
  /** What the signature was made over: one latin1 character for each byte. */
  readonly payload: string;
  /** The name of the key that was proven before (`Authenticator.proven`), when the request itself shows none. */
  readonly session?: string | undefined;
};

/** Reports which account asked, for the order count headers: -1 when none was proven. */
export type Dispatched = { readonly account: number; readonly answer: Answer | Promise<Answer> };

const edgeTriesForMsMax = 30_000;

/** Runs one request: limits first, then who asks, then what. */
export function dispatch(
  gateway: GatewayContext,
  method: Method,
  request: DialectRequest,
): Dispatched {
  const signed = method.security !== "none" && method.security !== "key";
  const invalid = checkParams(method.params, request.params, signed);
  const params = new Params(request.params);
  const { address, limited } = request;
  const weight = invalid === null ? weightOf(method, params) : 1;
  const throttled = gateway.limits.charge(address, weight, gateway.now());
  // A request that is sent again may have been executed: no limit may then say that it was not.
  if (throttled !== null && limited) return { account: -1, answer: { ok: false, ...throttled } };
  const key = identify(gateway, method, request);
  if (key !== null && "code" in key) return { account: -1, answer: { ok: false, error: key } };
  const account = key === null ? -1 : key.account;
  if (invalid !== null) return { account, answer: { ok: false, error: invalid } };
  const origin = originOf(gateway, method, request, account);
  if ("code" in origin) return { account, answer: { ok: false, error: origin } };
  if (method.orders !== undefined && !origin.isRepetition) {
    const { logTimeMs } = gateway.replica.venue;
    const tooMany = gateway.limits.checkOrders(account, method.orders, logTimeMs);
    if (tooMany !== null) return { account, answer: { ok: false, ...tooMany } };
  }
  const caller = { address, account, key, requestId: origin.requestId, retry: origin.retry };
  try {
    const answer = method.handle(gateway, caller, params);
    if (!(answer instanceof Promise)) return { account, answer };
    return { account, answer: answer.catch((error) => failed(gateway, method, request, error)) };
  } catch (error) {
    return { account, answer: failed(gateway, method, request, error) };
  }
}

export function weightOf(method: Method, params: Params): number {
  return typeof method.weight === "number" ? method.weight : method.weight(params);
}

/** By what the core is to know a request, and whether it may have answered it before. */
type Origin = {
  readonly requestId: RequestId;
  readonly retry: boolean;
  readonly isRepetition: boolean;
};

/**
 * A client's key takes the place of the edge's id where something is changed. Whether the client sends
 * it for the first time cannot be told: it is always marked as a repetition, so that one whose outcome
 * may be forgotten is refused rather than done twice.
 */
function originOf(
  gateway: GatewayContext,
  method: Method,
  { requestId, retry, limited, idempotencyKey }: DialectRequest,
  account: number,
): Origin | DialectError {
  const changes = method.security === "trade" || method.security === "withdraw";
  const { venue } = gateway.replica;
  if (idempotencyKey === undefined || !changes) {
    return { requestId, retry, isRepetition: !limited || (retry && venue.remembers(requestId)) };
  }
  const keyed = requestIdOfKey(account, idempotencyKey, gateway.now());
  if (keyed === null) return dialectError.badIdempotencyKey;
  const isRepetition = !limited || venue.remembers(keyed);
  return { requestId: keyed, retry: true, isRepetition };
}

function identify(
  gateway: GatewayContext,
  method: Method,
  request: DialectRequest,
): Key | null | DialectError {
  const { security } = method;
  if (security === "none") return null;
  const { authenticator } = gateway;
  const { address, apiKey, params, session } = request;
  const isProven = session !== undefined && apiKey === undefined;
  if (security === "key") {
    return isProven
      ? authenticator.proven(session, address, security)
      : authenticator.keyed(apiKey, address, security);
  }
  const timestamp = params.get("timestamp");
  const recvWindow = params.get("recvWindow");
  const signature = params.get("signature");
  // What was in time when it first came stays so, however late it is sent again.
  const nowMs = gateway.now();
  const arrivedMs = request.retry ? firstArrivalMs(request.requestId, nowMs) : nowMs;
  const time = { timestamp, recvWindow, arrivedMs, nowMs };
  if (isProven && signature === undefined) {
    const key = authenticator.proven(session, address, security);
    return "code" in key ? key : (authenticator.checkTime(time) ?? key);
  }
  const { payload } = request;
  return authenticator.signed({ ...time, apiKey, address, signature, payload }, security);
}

/** As the edge's clock has it, which may be wrong: never later than now, nor longer ago than edges try. */
function firstArrivalMs(id: RequestId, nowMs: number): number {
  return Math.min(nowMs, Math.max(requestTimeMs(id), nowMs - edgeTriesForMsMax));
}

/** A bug: it is told to the operators with the request's id, and to the client as what it is. */
function failed(
  gateway: GatewayContext,
  method: Method,
  request: DialectRequest,
  error: unknown,
): Answer {
  const requestId = requestIdText(request.requestId);
  gateway.logger.error({ err: error, requestId, method: method.name }, "request failed by a bug");
  return { ok: false, error: dialectError.internal };
}
