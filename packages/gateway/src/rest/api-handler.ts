import type { IncomingMessage, ServerResponse } from "node:http";
import type { AdminResponse, JsonApi } from "../admin/json-api.ts";
import { dialectError } from "../dialect/errors.ts";
import type { GatewayContext } from "../dialect/method.ts";
import { type Body, hasBody, readBody } from "./body.ts";
import type { RequestObserver } from "./dialect-handler.ts";
import type { OriginReader, RequestOrigin } from "./origin.ts";
import { positionWaitMs } from "./position-wait.ts";
import { isHalted, refusalStatus, type Told } from "./send-on.ts";

export type ApiHandlerOptions = {
  /** For the metrics. */
  readonly name: string;
  /** Where it is mounted. */
  readonly path: string;
  readonly gateway: GatewayContext;
  readonly load: () => Promise<JsonApi>;
  readonly origins: OriginReader;
  readonly observe: RequestObserver;
  readonly isWell: () => boolean;
};

/** Mounts one of the venue's own APIs on the listener. */
export class ApiHandler {
  readonly #name: string;
  readonly #path: string;
  readonly #gateway: GatewayContext;
  readonly #load: () => Promise<JsonApi>;
  readonly #origins: OriginReader;
  readonly #observe: RequestObserver;
  readonly #isWell: () => boolean;

  constructor(options: ApiHandlerOptions) {
    this.#name = options.name;
    this.#path = options.path;
    this.#isWell = options.isWell;
    this.#gateway = options.gateway;
    this.#load = options.load;
    this.#origins = options.origins;
    this.#observe = options.observe;
  }

  /** Whether the request's address is one of this API's. */
  serves(url: string): boolean {
    if (!url.startsWith(this.#path)) return false;
    const next = url.charAt(this.#path.length);
    return next === "/" || next === "?" || next === "";
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const startMs = performance.now();
    const origin = this.#origins.read(request, this.#gateway.now());
    if (origin === null) {
      response.destroy();
      return;
    }
    this.#answer(request, origin).then(
      (answer) => {
        if (answer === null) return;
        const status = this.#send(response, origin, answer);
        this.#observe(this.#name, status, performance.now() - startMs);
      },
      (error: unknown) => {
        this.#gateway.logger.error({ err: error }, "a request failed by a bug");
        response.destroy();
      },
    );
  }

  /** Null: the client left before it had sent everything. */
  async #answer(request: IncomingMessage, origin: RequestOrigin): Promise<AdminResponse | null> {
    const url = request.url ?? "/";
    const mark = url.indexOf("?");
    const path = (mark < 0 ? url : url.slice(0, mark)).slice(this.#path.length);
    const api = await this.#load();
    const bytesMax = api.bodyBytesMaxOf(request.method ?? "", path);
    const body = await bodyOf(request, bytesMax);
    if (body === "gone") return null;
    if (origin.requestId === null) return foreignClock;
    const { replica } = this.#gateway;
    if (request.method !== "GET" && isHalted(origin, replica)) return halted;
    const session = this.#gateway.sessions.ofRequest(request.headers);
    const position = Math.max(origin.position, session?.position ?? 0);
    if (position > replica.position) {
      const reached = await replica.waitFor(position, positionWaitMs);
      if (!reached) return behind;
    }
    return api.handle({
      verb: request.method ?? "",
      path,
      query: mark < 0 ? "" : url.slice(mark + 1),
      headers: request.headers,
      // One byte more than may be read says so without keeping what came.
      body: body === "too-large" ? Buffer.alloc(bytesMax + 1) : Buffer.from(body.text, "latin1"),
      address: origin.address,
      requestId: origin.requestId,
      retry: origin.retry,
      session,
    });
  }

  /** Returns the status it was sent with. */
  #send(response: ServerResponse, origin: RequestOrigin, answer: AdminResponse): number {
    const { replica } = this.#gateway;
    const status = refusalStatus(origin, answer.status, toldBy(answer), this.#isWell);
    response
      .writeHead(status, {
        ...answer.headers,
        "Content-Length": Buffer.byteLength(answer.body),
        "Halcyon-Node": replica.nodeName,
        "Halcyon-Position": replica.position,
      })
      .end(answer.body);
    return status;
  }
}

function toldBy(answer: AdminResponse): Told {
  if (answer === behind || answer === foreignClock) return { notExecuted: "unfit" };
  if (answer.headers["Halcyon-Outcome-Unknown"] !== undefined) return { outcomeUnknown: true };
  return answer.headers["Halcyon-Not-Executed"] === undefined ? {} : { notExecuted: "busy" };
}

const behind = notExecuted(
  "This node is behind",
  "This node has not reached the position of Halcyon-Position yet: try again.",
);
/** They differ by minutes: another node may agree with the edge's. */
const foreignClock = notExecuted(
  "This node's clock is wrong, or the edge's",
  "The id that the edge gave this request is none, or lies in the future here: try again.",
);

/** Final: see `isHalted`. */
const halted = refused("The venue's log is out of reach", dialectError.halted.msg);

function notExecuted(title: string, detail: string): AdminResponse {
  const { headers, ...rest } = refused(title, detail);
  return { ...rest, headers: { ...headers, "Halcyon-Not-Executed": "1" } };
}

function refused(title: string, detail: string): AdminResponse {
  return {
    status: 503,
    headers: { "Content-Type": "application/problem+json", "Retry-After": "1" },
    body: JSON.stringify({ type: "about:blank", title, status: 503, detail }),
  };
}

function bodyOf(request: IncomingMessage, bytesMax: number): Promise<Body> {
  if (!hasBody(request)) return Promise.resolve({ text: "" });
  return new Promise((resolve) => readBody(request, bytesMax, resolve));
}
