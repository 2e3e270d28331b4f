import type { IncomingMessage, ServerResponse } from "node:http";
import type { RequestId } from "@halcyon/core";
import { sessionKeyName } from "../auth/session-key.ts";
import type { ShownSession } from "../auth/session-token.ts";
import { type Dispatched, dispatch } from "../dialect/dispatch.ts";
import { errorJson } from "../dialect/error-json.ts";
import { type DialectError, dialectError } from "../dialect/errors.ts";
import type { Answer, GatewayContext, Method } from "../dialect/method.ts";
import { requestTimeMs } from "../dialect/request-id.ts";
import type { Router } from "../dialect/router.ts";
import { StandingQueue } from "../limits/standing-queue.ts";
import { bodyBytesMax, hasBody, readBody } from "./body.ts";
import type { OriginReader, RequestOrigin } from "./origin.ts";
import { positionWaitMs } from "./position-wait.ts";
import { type QueryProblem, readParams, signedPayload } from "./query.ts";
import { isHalted, refusalStatus } from "./send-on.ts";

/** Told of every answer, for the metrics: the method's name, the status, and how long it took. */
export type RequestObserver = (method: string, status: number, durationMs: number) => void;

const behind: Answer = {
  ok: false,
  error: dialectError.behind,
  retryAfterMs: 1_000,
  notExecuted: "unfit",
};

/** The clocks of this node and the edge differ by minutes: another node may agree with the edge's. */
const foreignClock: Answer = {
  ok: false,
  error: {
    ...dialectError.behind,
    msg: "This node's clock does not agree with the edge's, try again.",
  },
  retryAfterMs: 1_000,
  notExecuted: "unfit",
};

/**
 * Another node of the zone shares its fate, and none elsewhere can be reached: sent on, it would only
 * wait. Where the log elects a new leader, it is over any moment.
 */
const halted: Answer = { ok: false, error: dialectError.halted, retryAfterMs: 100 };

/** It waited in a queue that stands. Final, too: the other nodes share the load and the log. */
const tooLate: Answer = { ok: false, error: dialectError.overloaded, retryAfterMs: 1_000 };

const queryErrors: Readonly<Record<QueryProblem, DialectError>> = {
  illegal: dialectError.illegalCharacters,
  duplicate: dialectError.duplicateParameter,
  "too-many": dialectError.tooManyParameters,
};

/** One request on its way through. */
type Exchange = {
  readonly response: ServerResponse;
  readonly isChange: boolean;
  readonly origin: RequestOrigin;
  readonly method: Method | null;
  readonly query: string;
  readonly apiKey: string | undefined;
  readonly session: ShownSession | null;
  readonly idempotencyKey: string | undefined;
  readonly startMs: number;
};

export type DialectHandlerOptions = {
  readonly gateway: GatewayContext;
  readonly router: Router;
  readonly origins: OriginReader;
  readonly observe: RequestObserver;
  /** Whether this node can serve, and it and the log did not stand still lately. */
  readonly isWell: () => boolean;
  /** Whether requests wait for this process's thread. */
  readonly isBusy: () => boolean;
};

/** Serves the dialect's addresses: /api/v3 and /sapi/v1, and every address that nobody serves. */
export class DialectHandler {
  readonly #gateway: GatewayContext;
  readonly #router: Router;
  readonly #origins: OriginReader;
  readonly #observe: RequestObserver;
  readonly #isWell: () => boolean;
  readonly #isBusy: () => boolean;
  readonly #queue = new StandingQueue();

  constructor(options: DialectHandlerOptions) {
    this.#gateway = options.gateway;
    this.#router = options.router;
    this.#origins = options.origins;
    this.#observe = options.observe;
    this.#isWell = options.isWell;
    this.#isBusy = options.isBusy;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const origin = this.#origins.read(request, this.#gateway.now());
    if (origin === null) {
      response.destroy();
      return;
    }
    const url = request.url ?? "/";
    const mark = url.indexOf("?");
    const path = mark < 0 ? url : url.slice(0, mark);
    const apiKey = request.headers["x-mbx-apikey"];
    const idempotencyKey = request.headers["idempotency-key"];
    const shown =
      apiKey === undefined && request.headers.cookie !== undefined
        ? this.#gateway.sessions.ofRequest(request.headers)
        : null;
    const exchange: Exchange = {
      response,
      isChange: request.method !== "GET",
      origin,
      method: this.#router.rest(request.method ?? "", path) ?? null,
      query: mark < 0 ? "" : url.slice(mark + 1),
      apiKey: typeof apiKey === "string" ? apiKey : undefined,
      session: shown,
      idempotencyKey: typeof idempotencyKey === "string" ? idempotencyKey : undefined,
      startMs: performance.now(),
    };
    if (!hasBody(request)) {
      this.#start(exchange, "");
      return;
    }
    readBody(request, bodyBytesMax, (body) => {
      if (body === "too-large") this.#refuse(exchange, dialectError.bodyTooLarge);
      else if (body !== "gone") this.#start(exchange, body.text);
    });
  }

  #start(exchange: Exchange, body: string): void {
    const { replica } = this.#gateway;
    const position = Math.max(exchange.origin.position, exchange.session?.position ?? 0);
    if (position <= replica.position) {
      this.#run(exchange, body);
      return;
    }
    replica.waitFor(position, positionWaitMs).then(
      (reached) => {
        if (reached) this.#run(exchange, body);
        else this.#send(exchange, -1, behind);
      },
      (error: unknown) => {
        this.#gateway.logger.error({ err: error }, "waiting for a position failed by a bug");
        this.#refuse(exchange, dialectError.internal);
      },
    );
  }

  #run(exchange: Exchange, body: string): void {
    const { method, query, origin, apiKey, session, idempotencyKey } = exchange;
    const params = method === null ? null : readParams(query, body);
    if (method === null || params === null || typeof params === "string") {
      const error = typeof params === "string" ? queryErrors[params] : dialectError.unknownPath;
      const throttled = this.#gateway.limits.charge(origin.address, 1, this.#gateway.now());
      this.#send(exchange, -1, { ok: false, error, ...throttled });
      return;
    }
    const { address, requestId, retry, limited } = origin;
    if (requestId === null) {
      this.#send(exchange, -1, foreignClock);
      return;
    }
    if (this.#isTooLate(origin, requestId) && method.orders !== undefined) {
      this.#send(exchange, -1, tooLate);
      return;
    }
    if (exchange.isChange && isHalted(origin, this.#gateway.replica)) {
      this.#send(exchange, -1, halted);
      return;
    }
    const payload = signedPayload(query, body);
    const dispatched: Dispatched = dispatch(this.#gateway, method, {
      address,
      requestId,
      retry,
      limited,
      idempotencyKey,
      apiKey,
      params,
      payload,
      session: session === null ? undefined : sessionKeyName(session.id),
    });
    const { account, answer } = dispatched;
    // The dispatcher's promises do not reject: it answers for bugs itself.
    if (answer instanceof Promise) void answer.then((done) => this.#send(exchange, account, done));
    else this.#send(exchange, account, answer);
  }

  /** Where the edge counts attempts and this is not the first, the wait was for other nodes. */
  #isTooLate({ viaEdge, limited, edge }: RequestOrigin, requestId: RequestId): boolean {
    if (!viaEdge || !limited) return false;
    const arrivedMs = requestTimeMs(requestId);
    return this.#queue.isTooLate(edge, arrivedMs, Date.now(), this.#isBusy());
  }

  #refuse(exchange: Exchange, error: DialectError): void {
    this.#send(exchange, -1, { ok: false, error });
  }

  #send(exchange: Exchange, account: number, answer: Answer): void {
    const { response, origin, method, startMs } = exchange;
    const { replica, limits, now } = this.#gateway;
    const status = answer.ok
      ? 200
      : refusalStatus(origin, answer.error.status, answer, this.#isWell);
    const text = answer.ok ? answer.json : errorJson(answer.error, answer.dataJson);
    const weight = String(limits.usedWeight(origin.address, now()));
    const headers = [
      "Content-Type",
      "application/json;charset=UTF-8",
      "Content-Length",
      String(Buffer.byteLength(text)),
      "Halcyon-Node",
      replica.nodeName,
      "Halcyon-Position",
      String(replica.position),
      "X-MBX-USED-WEIGHT",
      weight,
      "X-MBX-USED-WEIGHT-1M",
      weight,
    ];
    if (method?.orders !== undefined && account >= 0) {
      const counts = limits.orderCounts(account);
      headers.push("X-MBX-ORDER-COUNT-10S", String(counts.per10Seconds));
      headers.push("X-MBX-ORDER-COUNT-1D", String(counts.perDay));
    }
    if (!answer.ok) {
      if (answer.retryAfterMs !== undefined) headers.push(...retryHeaders(answer.retryAfterMs));
      if (answer.notExecuted !== undefined) headers.push("Halcyon-Not-Executed", "1");
      if (answer.outcomeUnknown === true) headers.push("Halcyon-Outcome-Unknown", "1");
    }
    response.writeHead(status, headers);
    response.end(text);
    this.#observe(method?.name ?? "unknown path", status, performance.now() - startMs);
  }
}

/** HTTP knows whole seconds only (RFC 9110, 10.2.3); who reads the other header need not wait longer than it takes. */
function retryHeaders(waitMs: number): string[] {
  const seconds = String(Math.max(1, Math.ceil(waitMs / 1_000)));
  return ["Retry-After", seconds, "Halcyon-Retry-After-Ms", String(waitMs)];
}
