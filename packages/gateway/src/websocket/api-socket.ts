import { dispatch } from "../dialect/dispatch.ts";
import { type DialectError, dialectError } from "../dialect/errors.ts";
import type { Answer, GatewayContext } from "../dialect/method.ts";
import { freshRequestId } from "../dialect/request-id.ts";
import type { Router } from "../dialect/router.ts";
import { type ApiRequest, parseApiRequest } from "./api-request.ts";
import { ApiSession } from "./api-session.ts";
import { type Connection, type ConnectionEvents, closeCode } from "./connection.ts";
import { TokenBucket } from "./token-bucket.ts";
import type { UserStreams } from "./user-streams.ts";
import type { WebSocketLimits } from "./websocket-limits.ts";

export type ApiSocketContext = {
  readonly gateway: GatewayContext;
  readonly router: Router;
  readonly users: UserStreams;
  readonly limits: WebSocketLimits;
  /** Told of every answer, for the metrics. */
  readonly observe: (method: string, status: number, durationMs: number) => void;
};

/** Account of a request that nobody proved to be anybody's. */
const nobody = -1;

/** What an answer needs of its request. */
type Asked = {
  readonly id: string;
  readonly method: string;
  readonly showsRateLimits: boolean;
  readonly countsOrders: boolean;
  readonly account: number;
  readonly startMs: number;
};

/** A socket of the WebSocket API: requests in, answers and subscribed events out. */
export class ApiSocket implements ConnectionEvents {
  readonly #context: ApiSocketContext;
  readonly #connection: Connection;
  readonly #session: ApiSession;
  readonly #returnRateLimits: boolean;
  readonly #controlFrames: TokenBucket;
  #inFlight = 0;

  /** `signedIn` names the key of a browser's session that the handshake showed. */
  constructor(
    context: ApiSocketContext,
    connection: Connection,
    returnRateLimits: boolean,
    signedIn?: string,
  ) {
    this.#context = context;
    this.#connection = connection;
    this.#returnRateLimits = returnRateLimits;
    const { controlPerSecond, controlBurst } = context.limits;
    this.#controlFrames = new TokenBucket(controlPerSecond, controlBurst, performance.now());
    const socket = {
      address: connection.address,
      returnRateLimits,
      subscriptionsMax: context.limits.subscriptionsPerSocketMax,
      send: (text: string) => connection.send(text),
    };
    this.#session = new ApiSession(context.gateway, context.users, socket, signedIn);
  }

  shutdownNotice(nowMs: number): string {
    return `{"event":{"e":"serverShutdown","E":${nowMs}}}`;
  }

  onText(text: string): void {
    const startMs = performance.now();
    const request = parseApiRequest(text);
    if ("error" in request) {
      this.#refuse(request.id, request.error, startMs);
      return;
    }
    const showsRateLimits = request.returnRateLimits ?? this.#returnRateLimits;
    const asked = { id: request.id, method: request.method, showsRateLimits, startMs };
    const own = this.#session.run(request);
    if (own !== null) {
      this.#answer({ ...asked, countsOrders: false, account: nobody }, own);
      return;
    }
    this.#dispatch(request, asked);
  }

  onBinary(): void {
    this.#refuse("null", dialectError.invalidJson, performance.now());
  }

  /** Requests have their weights; pings and pongs are counted as on other sockets. */
  onControlFrame(): void {
    if (this.#controlFrames.take(performance.now())) return;
    this.#connection.closeFor("abusive", closeCode.policy, "too many pings per second");
  }

  onClose(): void {
    this.#session.close();
  }

  #dispatch(request: ApiRequest, asked: Omit<Asked, "account" | "countsOrders">): void {
    const { gateway, router, limits } = this.#context;
    const method = router.ws(request.method);
    if (method === undefined) {
      this.#refuse(request.id, dialectError.notSupported, asked.startMs);
      return;
    }
    const { account, answer } = dispatch(gateway, method, {
      address: this.#connection.address,
      requestId: freshRequestId(gateway.now()),
      retry: false,
      limited: true,
      apiKey: request.apiKey,
      params: request.params,
      payload: request.payload,
      session: this.#session.keyName,
    });
    const known = { ...asked, countsOrders: method.orders !== undefined, account };
    if (!(answer instanceof Promise)) {
      this.#answer(known, answer);
      return;
    }
    this.#inFlight++;
    if (this.#inFlight === limits.inFlightMax) this.#connection.pause();
    // The dispatcher's promises do not reject: it answers for bugs itself.
    void answer.then((settled) => {
      if (this.#inFlight === limits.inFlightMax) this.#connection.resume();
      this.#inFlight--;
      this.#answer(known, settled);
    });
  }

  /** Answers what is no request of any method; it costs the sender weight all the same. */
  #refuse(id: string, error: DialectError, startMs: number): void {
    const { gateway } = this.#context;
    const throttled = gateway.limits.charge(this.#connection.address, 1, gateway.now());
    const answer: Answer = throttled === null ? { ok: false, error } : { ok: false, ...throttled };
    const method = "unknown method";
    const showsRateLimits = this.#returnRateLimits;
    this.#answer(
      { id, method, showsRateLimits, countsOrders: false, account: nobody, startMs },
      answer,
    );
  }

  #answer(asked: Asked, answer: Answer): void {
    const status = answer.ok ? 200 : answer.error.status;
    const body = answer.ok ? `"result":${answer.json}` : `"error":${this.#errorJson(answer)}`;
    const usage = asked.showsRateLimits ? `,"rateLimits":${this.#usageJson(asked)}` : "";
    this.#connection.send(`{"id":${asked.id},"status":${status},${body}${usage}}`);
    this.#context.observe(asked.method, status, performance.now() - asked.startMs);
    if (status === 418) this.#connection.closeFor("abusive", closeCode.policy, "banned");
  }

  #errorJson(answer: Extract<Answer, { ok: false }>): string {
    const { error, dataJson, retryAfterMs } = answer;
    let data = dataJson;
    if (data === undefined && retryAfterMs !== undefined) {
      const nowMs = this.#context.gateway.now();
      const retryAfter = nowMs + retryAfterMs;
      data = `{"serverTime":${nowMs},"retryAfter":${retryAfter}}`;
    }
    const tail = data === undefined ? "" : `,"data":${data}`;
    return `{"code":${error.code},"msg":${JSON.stringify(error.msg)}${tail}}`;
  }

  #usageJson(asked: Asked): string {
    const { limits, now } = this.#context.gateway;
    const weight = limits.weightUsage(this.#connection.address, now());
    if (!asked.countsOrders || asked.account === nobody) return JSON.stringify([weight]);
    return JSON.stringify([...limits.orderUsage(asked.account), weight]);
  }
}
