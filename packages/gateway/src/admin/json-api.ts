import type { RequestId } from "@halcyon/core";
import type { ShownSession } from "../auth/session-token.ts";
import { requestIdText } from "../dialect/request-id.ts";
import { idempotencyKeyHeader } from "./openapi.ts";
import { type Problem, problem, problemBody, problemContentType } from "./problem.ts";
import { requestIdOfIdempotencyKey } from "./request-identity.ts";
import type { AdminAnswer, AdminContext, Call, Caller, RawInput, Route } from "./route.ts";
import type { RouteTable } from "./route-table.ts";

/** One of the venue's own APIs. */
export type Surface = {
  /** Where it is mounted. */
  readonly path: string;
  readonly routes: RouteTable;
  /** Answers what needs no route and no caller; null: this does. */
  openly(request: AdminRequest): AdminAnswer | null;
  /** Who asks, or why nobody may ask so. */
  identify(request: AdminRequest, instance: string): Caller | Problem;
};

export type AdminRequest = {
  readonly verb: string;
  /** Below where the API is mounted, still percent-encoded, e.g. `/markets/BTCUSDT`. */
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
  /** The session that the venue's own page shows, if it does. */
  readonly session: ShownSession | null;
};
export type AdminResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Of a body, where a route says nothing else. */
export const adminBodyBytesMax = 64 * 1024;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** An API of routes and problems on plain requests and answers; whoever owns the socket mounts it. */
export class JsonApi {
  readonly surface: Surface;
  readonly #context: AdminContext;

  constructor(surface: Surface, context: AdminContext) {
    this.surface = surface;
    this.#context = context;
  }

  /** How many bytes of a body to this path (below the mount) are read. */
  bodyBytesMaxOf(verb: string, path: string): number {
    const found = this.surface.routes.find(verb, path);
    return ("route" in found ? found.route.bodyBytesMax : undefined) ?? adminBodyBytesMax;
  }

  async handle(request: AdminRequest): Promise<AdminResponse> {
    const instance = `urn:uuid:${requestIdText(request.requestId)}`;
    try {
      return render(await this.#answer(request, instance), instance);
    } catch (error) {
      this.#context.logger.error(
        {
          err: error,
          requestId: instance,
          verb: request.verb,
          path: this.surface.path + request.path,
        },
        "a request met a defect",
      );
      const detail = "The request met a defect, which the node's log describes under this id.";
      return render(problem("internal-error", detail), instance);
    }
  }

  async #answer(request: AdminRequest, instance: string): Promise<AdminAnswer> {
    const open = this.surface.openly(request);
    if (open !== null) return open;
    const caller = this.surface.identify(request, instance);
    if ("kind" in caller) return caller;
    const found = this.surface.routes.find(request.verb, request.path);
    if (!("route" in found)) return noRoute(request.verb, found.allowed);
    const { route, parameters } = found;
    const input = readInput(route, request, parameters);
    if ("kind" in input) return input;
    const call: Call = {
      by: caller,
      address: request.address,
      requestId: request.requestId,
      retry: request.retry,
      instance,
      route: `${route.verb} ${this.surface.path}${route.path}`,
      headers: request.headers,
    };
    const key = single(request.headers[idempotencyKeyHeader]);
    if (key === undefined || route.verb === "GET" || caller.name === "") {
      return route.answer(this.#context, call, input);
    }
    const requestId = requestIdOfIdempotencyKey(caller.name, key);
    if (requestId === null) return badIdempotencyKey();
    return route.answer(this.#context, { ...call, requestId, retry: false }, input);
  }
}

export function noRoute(verb: string, allowed: readonly string[]): AdminAnswer {
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

export function single(header: string | string[] | undefined): string | undefined {
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
