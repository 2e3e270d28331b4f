import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { pipeline } from "node:stream";
import { BULK_PATH, type EdgeLimits } from "./config.ts";
import type { EdgeLog } from "./edge-log.ts";
import { type EdgeMetrics, type RouteClass, routeClassOf } from "./edge-metrics.ts";
import type { Answer, Forwarder } from "./forwarder.ts";
import { answerHeaders, clientAddressOf, planClientOf, requestHead, targetOf } from "./headers.ts";
import { LANDING } from "./landing.ts";
import { JOINED_BODY_BYTES_MAX } from "./node-connection.ts";
import type { PageFiles } from "./page-files.ts";
import { REFUSALS, type RefusalName, rawRefusal, writeRefusal } from "./refusal.ts";
import { BodyReceiver } from "./request-body.ts";
import { newRequestId } from "./request-id.ts";
import { clientStatusOf } from "./send-on.ts";

/** How long the rest of a refused body is read and thrown away, so that the refusal is seen. */
const LINGER_MS = 2_000;

/** One exchange with a client, from its head on. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly route: RouteClass;
}

interface ClientConnection {
  /** Requests whose heads are here and whose answers have not left. */
  open: number;
  /** Of these, the ones that are whole; a raw error must not be taken for one of their answers. */
  owed: number;
  /** Why no further request can be read. */
  broken: RefusalName | null;
}

/** Answers what clients send: receives it whole, has it forwarded, passes the answer on. */
export class HttpFront {
  inFlight = 0;
  /** Answer bytes that wait for clients to read them. */
  unreadBytes = 0;
  readonly #limits: EdgeLimits;
  readonly #log: EdgeLog;
  readonly #metrics: EdgeMetrics;
  readonly #forwarder: Forwarder;
  readonly #page: PageFiles | null;
  readonly #bodies: BodyReceiver;
  readonly #connections = new WeakMap<Socket, ClientConnection>();

  constructor(
    limits: EdgeLimits,
    log: EdgeLog,
    metrics: EdgeMetrics,
    forwarder: Forwarder,
    page: PageFiles | null,
  ) {
    this.#limits = limits;
    this.#log = log;
    this.#metrics = metrics;
    this.#forwarder = forwarder;
    this.#page = page;
    this.#bodies = new BodyReceiver(limits);
  }

  handle(request: IncomingMessage, response: ServerResponse, continues: boolean): void {
    if (!this.#admit(request, response)) return;
    const requestId = newRequestId();
    const target = targetOf(request);
    const path = target === null ? "" : pathOf(target);
    const method = request.method ?? "GET";
    const exchange = { request, response, requestId, route: routeClassOf(method, path) };
    // RFC 9112, 3.2: a host is named from HTTP/1.1 on.
    const hasHost = request.headers.host !== undefined || request.httpVersion === "1.0";
    if (target === null || !hasHost) {
      this.#refuse(exchange, "malformed");
      return;
    }
    if (this.#sendPage(exchange, path)) return;
    if (exchange.route === "landing") {
      this.#sendLanding(exchange);
      return;
    }
    const declared = Number(request.headers["content-length"] ?? 0);
    const isBulk = method === "POST" && path === BULK_PATH;
    const bytesMax = isBulk ? this.#limits.bulkBodyBytesMax : this.#limits.bodyBytesMax;
    if (continues && declared <= bytesMax) response.writeContinue();
    this.#bodies.receive(request, bytesMax, (result) => {
      if (result.kind === "refused") this.#refuse(exchange, result.refusal);
      // It answers whatever happens and does not reject.
      else if (result.kind === "body") void this.#dispatch(exchange, target, result.body);
    });
  }

  /** A socket whose bytes are no HTTP, or came too slowly; no response object exists for them. */
  handleBroken(error: NodeJS.ErrnoException, socket: Socket): void {
    const connection = this.#connectionOf(socket);
    // The parser says it again for everything that still comes.
    if (connection.broken !== null) return;
    connection.broken = refusalOf(error.code);
    this.#metrics.shed.inc({ reason: connection.broken });
    // What was asked for before is answered first.
    if (connection.owed === 0) endWith(socket, connection.broken);
  }

  /** The edge opens no tunnels to anywhere else. */
  handleConnect(socket: Socket): void {
    this.#metrics.shed.inc({ reason: "malformed" });
    endWith(socket, "malformed");
  }

  async #dispatch(exchange: Exchange, target: string, body: Buffer | null): Promise<void> {
    if (this.inFlight >= this.#limits.inFlightMax) {
      this.#metrics.shed.inc({ reason: "in-flight" });
      this.#bodies.release(body);
      this.#refuse(exchange, "overloaded");
      return;
    }
    const { request, response, requestId, route } = exchange;
    const startedAtMs = performance.now();
    this.#owe(exchange);
    this.inFlight += 1;
    try {
      const outcome = await this.#forwarder.forward({
        requestId,
        method: request.method ?? "GET",
        route: pathOf(target),
        head: requestHead(request, target, {
          requestId,
          clientAddress: clientAddressOf(request),
          bodyBytes: body?.length ?? 0,
        }),
        body,
        client: planClientOf(request),
        isWanted: () => !response.destroyed,
      });
      if (outcome.kind === "answer") this.#sendAnswer(exchange, outcome.answer);
      else {
        this.#sendRefusal(exchange, outcome.kind === "unknown" ? "outcomeUnknown" : "overloaded");
        response.end();
      }
    } catch (error) {
      // A bug, or a node's answer that cannot be passed on; the request may have been executed.
      this.#log.error({ requestId, err: error }, "answer could not be passed on");
      if (response.headersSent) response.destroy();
      else {
        this.#sendRefusal(exchange, "outcomeUnknown");
        response.end();
      }
    } finally {
      this.inFlight -= 1;
      this.#bodies.release(body);
      this.#metrics.seconds.observe({ route }, (performance.now() - startedAtMs) / 1000);
    }
  }

  #sendAnswer({ request, response, requestId, route }: Exchange, answer: Answer): void {
    const status = clientStatusOf(answer.head.status);
    // The length of such an answer is not that of a body.
    const hasNoBody = request.method === "HEAD" || status === 204 || status === 304;
    const bodyBytes = answer.kind === "stream" || hasNoBody ? null : answer.body.length;
    const headers = answerHeaders(answer.head, requestId, bodyBytes);
    this.#metrics.requests.inc({ route, status });
    response.writeHead(status, headers);
    if (answer.kind === "answer") {
      if (answer.body.length > JOINED_BODY_BYTES_MAX) response.end(answer.body);
      else response.end(answer.body.toString("latin1"), "latin1");
      this.#watchUnread(response);
      return;
    }
    pipeline(answer.stream, response, (error) => {
      if (error) this.#log.warn({ requestId, reason: error.message }, "long answer broke off");
    });
  }

  /** Counts what a slow client has not read yet and cuts it off when all together are too much. */
  #watchUnread(response: ServerResponse): void {
    const bytes = response.writableLength;
    if (bytes === 0 || response.destroyed) return;
    this.unreadBytes += bytes;
    response.once("close", () => {
      this.unreadBytes -= bytes;
    });
    if (this.unreadBytes > this.#limits.unreadBytesTotalMax) {
      this.#metrics.shed.inc({ reason: "unread" });
      response.destroy();
    }
  }

  /** Refuses before the request was taken on; its body may still be on the way. */
  #refuse(exchange: Exchange, refusal: RefusalName): void {
    const { request, response } = exchange;
    this.#owe(exchange);
    this.#metrics.shed.inc({ reason: refusal });
    this.#sendRefusal(exchange, refusal);
    if (request.complete) {
      response.end();
      return;
    }
    // Closing while the client still sends would reset the connection before it reads the answer.
    const finish = (): void => {
      clearTimeout(timer);
      response.end();
    };
    const timer = setTimeout(finish, LINGER_MS);
    request.once("end", finish).once("close", finish).resume();
  }

  #sendRefusal({ request, response, requestId, route }: Exchange, refusal: RefusalName): void {
    const { status } = REFUSALS[refusal];
    this.#metrics.requests.inc({ route, status });
    const isAdmin = route === "admin";
    writeRefusal(response, REFUSALS[refusal], { requestId, close: !request.complete, isAdmin });
  }

  #sendPage(exchange: Exchange, path: string): boolean {
    const { request, response } = exchange;
    if (this.#page?.answer(request, path, response) !== true) return false;
    request.resume();
    this.#owe(exchange);
    this.#metrics.requests.inc({ route: "page", status: response.statusCode });
    this.#watchUnread(response);
    return true;
  }

  #sendLanding(exchange: Exchange): void {
    const { request, response, requestId, route } = exchange;
    request.resume();
    this.#owe(exchange);
    this.#metrics.requests.inc({ route, status: 200 });
    response.writeHead(200, [
      "Content-Type",
      "application/json;charset=UTF-8",
      "Content-Length",
      String(Buffer.byteLength(LANDING)),
      "Halcyon-Request-Id",
      requestId,
    ]);
    response.end(LANDING);
  }

  #owe({ request, response }: Exchange): void {
    const { socket } = request;
    const connection = this.#connectionOf(socket);
    connection.owed += 1;
    response.once("close", () => {
      connection.owed -= 1;
      if (connection.owed > 0 || connection.broken === null) return;
      // A request that broke off was refused by the answer that has just left.
      endWith(socket, request.complete ? connection.broken : null);
    });
  }

  /**
   * Each request costs a hundred times the memory of its bytes: whoever sends one behind the other
   * and reads no answer is cut off, before the rest of what was read is taken on.
   */
  #admit({ socket }: IncomingMessage, response: ServerResponse): boolean {
    const connection = this.#connectionOf(socket);
    if (connection.open >= this.#limits.pipelinedMax) {
      if (!socket.destroyed) this.#metrics.shed.inc({ reason: "pipelined" });
      socket.destroy();
      return false;
    }
    connection.open += 1;
    response.once("close", () => {
      connection.open -= 1;
    });
    return true;
  }

  #connectionOf(socket: Socket): ClientConnection {
    const known = this.#connections.get(socket);
    if (known !== undefined) return known;
    const connection = { open: 0, owed: 0, broken: null };
    this.#connections.set(socket, connection);
    return connection;
  }
}

/** Ends a socket, with a last answer on it; what still comes is read, or the client would not see it. */
function endWith(socket: Socket, refusal: RefusalName | null): void {
  socket.on("error", () => socket.destroy());
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  if (refusal === null) socket.end();
  else socket.end(rawRefusal(REFUSALS[refusal]));
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once("close", () => clearTimeout(timer));
  socket.resume();
}

export function pathOf(target: string): string {
  const query = target.indexOf("?");
  return query === -1 ? target : target.slice(0, query);
}

function refusalOf(code: string | undefined): RefusalName {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return "tooSlow";
  if (code === "HPE_HEADER_OVERFLOW") return "headersTooLarge";
  return "malformed";
}
