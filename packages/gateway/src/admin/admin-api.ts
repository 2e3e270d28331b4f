import type { RequestId } from "@halcyon/core";
import { requestIdText } from "../dialect/request-id.ts";
import { administratorOf } from "./credentials.ts";
import { FailedAttempts } from "./failed-attempts.ts";
import { idempotencyKeyHeader, openApiDocument } from "./openapi.ts";
import { problem, problemBody, problemContentType } from "./problem.ts";
import { requestIdOfIdempotencyKey } from "./request-identity.ts";
import {
  type AdminAnswer,
  type AdminContext,
  type Call,
  ok,
  type RawInput,
  type Route,
} from "./route.ts";
import { findRoute } from "./routes.ts";

export type AdminRequest = {
  readonly verb: string;
  /** Below /admin/v1, still percent-encoded, e.g. `/markets/BTCUSDT`. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** Names in lower case, as node:http gives them. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
  /** The client's, behind trusted proxies too. */
  readonly address: string;
  readonly requestId: RequestId;
  /** Whether the edge sends the request again. */
  readonly retry: boolean;
};
export type AdminResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Of a body, where a route says nothing else. */
export const adminBodyBytesMax = 64 * 1024;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The admin API on plain requests and answers; whoever owns the socket mounts it under /admin/v1. */
export class AdminApi {
  readonly #context: AdminContext;
  readonly #now: () => number;
  readonly #failedAttempts = new FailedAttempts();
  #openApi: Record<string, unknown> | undefined;

  constructor(context: AdminContext, now: () => number) {
    this.#context = context;
    this.#now = now;
  }

  /** How many bytes of a body to this path (below /admin/v1) are read. */
  bodyBytesMaxOf(verb: string, path: string): number {
    const found = findRoute(verb, path);
    return ("route" in found ? found.route.bodyBytesMax : undefined) ?? adminBodyBytesMax;
  }

  async handle(request: AdminRequest): Promise<AdminResponse> {
    const instance = `urn:uuid:${requestIdText(request.requestId)}`;
    try {
      return render(await this.#answer(request, instance), instance);
    } catch (error) {
      this.#context.logger.error(
        { err: error, requestId: instance, verb: request.verb, path: request.path },
        "a defect in the admin API",
      );
      const detail = "The request met a defect, which the node's log describes under this id.";
      return render(problem("internal-error", detail), instance);
    }
  }

  async #answer(request: AdminRequest, instance: string): Promise<AdminAnswer> {
    if (request.path === "/openapi.json") return this.#describe(request.verb);
    const { authorization } = request.headers;
    const { keys } = this.#context.replica.venue;
    const administrator = administratorOf(single(authorization), keys);
    if (administrator === null) return this.#unauthorized(request.address, instance);
    const found = findRoute(request.verb, request.path);
    if (!("route" in found)) return noRoute(request.verb, found.allowed);
    const { route, parameters } = found;
    const input = readInput(route, request, parameters);
    if ("kind" in input) return input;
    const name = `${route.verb} /admin/v1${route.path}`;
    const call: Call = {
      administrator,
      address: request.address,
      requestId: request.requestId,
      retry: request.retry,
      instance,
      route: name,
    };
    const key = single(request.headers[idempotencyKeyHeader]);
    if (key === undefined || route.verb === "GET") {
      return route.answer(this.#context, call, input);
    }
    const requestId = requestIdOfIdempotencyKey(administrator.name, key);
    if (requestId === null) return badIdempotencyKey();
    return route.answer(this.#context, { ...call, requestId, retry: false }, input);
  }

  #describe(verb: string): AdminAnswer {
    if (verb !== "GET") return noRoute(verb, ["GET"]);
    this.#openApi ??= openApiDocument(this.#context.version);
    return ok(this.#openApi);
  }

  #unauthorized(address: string, instance: string): AdminAnswer {
    const waitMs = this.#failedAttempts.add(address, this.#now());
    if (waitMs > 0) {
      const seconds = String(Math.ceil(waitMs / 1000));
      return problem(
        "too-many-attempts",
        `This address has sent too many requests without a valid token: wait ${seconds} s.`,
        { headers: { "Retry-After": seconds } },
      );
    }
    this.#context.logger.warn({ audit: true, address, requestId: instance }, "no valid token");
    return problem(
      "unauthorized",
      "Send the header `Authorization: Bearer hal_admin_...` with the token of an administrator.",
      { headers: { "WWW-Authenticate": 'Bearer realm="halcyon admin"' } },
    );
  }
}

function noRoute(verb: string, allowed: readonly string[]): AdminAnswer {
  if (allowed.length === 0) {
    return problem("unknown-path", "GET /admin/v1/openapi.json describes every path there is.");
  }
  const allow = allowed.join(", ");
  return problem("method-not-allowed", `This path knows ${allow}, not ${verb}.`, {
    headers: { Allow: allow },
  });
}

function badIdempotencyKey(): AdminAnswer {
  return problem("invalid-request", "Nothing was changed.", {
    errors: [{ parameter: "Idempotency-Key", detail: "must be 1 to 64 visible ASCII characters" }],
  });
}

/** The parts of the request as the schemas take them, or the problem with their outer form. */
function readInput(
  route: Route,
  request: AdminRequest,
  path: Readonly<Record<string, string>>,
): RawInput | Exclude<AdminAnswer, { kind: "success" }> {
  const query: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(request.query)) {
    if (name in query) {
      return problem("invalid-request", "Nothing was changed.", {
        errors: [{ parameter: name, detail: "is there more than once" }],
      });
    }
    query[name] = value;
  }
  if (route.body === null) return { path, query, body: undefined };
  const bytesMax = route.bodyBytesMax ?? adminBodyBytesMax;
  if (request.body.length > bytesMax) {
    return problem("body-too-large", `A body has at most ${bytesMax} bytes here.`);
  }
  const type = (single(request.headers["content-type"]) ?? "").split(";")[0]!.trim();
  if (type.toLowerCase() !== "application/json") {
    return problem("unsupported-media-type", "Send `Content-Type: application/json`.");
  }
  try {
    return { path, query, body: JSON.parse(utf8.decode(request.body)) };
  } catch {
    return problem("malformed-json", "The body must be one JSON object in UTF-8.");
  }
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : header?.[0];
}

function render(answer: AdminAnswer, instance: string): AdminResponse {
  const isProblem = answer.kind === "problem";
  return {
    status: answer.status,
    headers: {
      ...answer.headers,
      "Content-Type": isProblem ? problemContentType : "application/json",
      "Cache-Control": "no-store",
    },
    body: JSON.stringify(isProblem ? problemBody(answer, instance) : answer.body),
  };
}
