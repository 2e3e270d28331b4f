import WebSocket from "ws";
import type { Endpoint } from "./endpoint.ts";
import type { EndpointBoard } from "./endpoint-board.ts";
import type { ClientLimits } from "./limits.ts";

/** Who uses a connection. Nothing is called after `close`. */
export type LiveHooks = {
  readonly path: string;
  /** It is open, at an endpoint whose node had applied the log up to `position`. */
  onOpen(position: number): void;
  onMessage(message: Message): void;
  /** It is gone; another one is being made. */
  onLost(): void;
};
export type Message = Readonly<Record<string, unknown>>;

/** A fault speaks against the endpoint; when a node drains, another endpoint is better, though this one is sound. */
type LossReason = "fault" | "drain" | "broken";

const connectTimeoutMs = 2_000;
const payloadBytesMax = 16 << 20;
const pauseMinMs = 50;
const pauseMaxMs = 2_000;

/**
 * A WebSocket to the best endpoint, made anew at another one when it breaks, or when nothing is heard:
 * it is pinged, so that a healthy one always says something.
 */
export class LiveConnection {
  readonly #board: EndpointBoard;
  readonly #limits: ClientLimits;
  readonly #hooks: LiveHooks;
  #socket: WebSocket | null = null;
  #endpoint: Endpoint | null = null;
  #isOpen = false;
  #isClosed = false;
  #heardMs = performance.now();
  #pauseMs = 0;
  #retry: NodeJS.Timeout | undefined;
  readonly #pulse: NodeJS.Timeout;

  constructor(board: EndpointBoard, limits: ClientLimits, hooks: LiveHooks) {
    this.#board = board;
    this.#limits = limits;
    this.#hooks = hooks;
    this.#pulse = setInterval(() => this.#feelPulse(), limits.pingIntervalMs);
    this.#connect(new Set());
  }

  /** How long ago the connection, or the one before it, last said something. */
  get staleMs(): number {
    return performance.now() - this.#heardMs;
  }

  /** Whether it is down, or has missed two pings. */
  get isStale(): boolean {
    return !this.#isOpen || this.staleMs > 2 * this.#limits.pingIntervalMs;
  }

  /** Where it leads now; null while it leads nowhere. */
  get endpoint(): string | null {
    return this.#isOpen ? (this.#endpoint?.name ?? null) : null;
  }

  send(message: object): void {
    if (this.#isOpen) this.#socket?.send(JSON.stringify(message));
  }

  /** Makes the connection anew, preferably at another endpoint. */
  renew(): void {
    this.#lose(this.#socket, "fault");
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#pulse);
    clearTimeout(this.#retry);
    this.#socket?.terminate();
  }

  #connect(except: ReadonlySet<Endpoint>): void {
    const endpoint = this.#board.best(except) ?? this.#board.best(new Set());
    if (endpoint === null || this.#isClosed) return;
    const address = new URL(endpoint.url.href.replace(/\/$/, "") + this.#hooks.path);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address, {
      handshakeTimeout: connectTimeoutMs,
      maxPayload: payloadBytesMax,
      perMessageDeflate: false,
    });
    this.#socket = socket;
    this.#endpoint = endpoint;
    let position = 0;
    socket.on("upgrade", ({ headers }) => {
      position = Number(headers["halcyon-position"] ?? 0) || 0;
    });
    socket.on("open", () => {
      if (socket !== this.#socket) return;
      this.#isOpen = true;
      this.#heardMs = performance.now();
      this.#hooks.onOpen(position);
    });
    const heard = (): void => {
      if (socket === this.#socket) this.#heardMs = performance.now();
    };
    socket.on("pong", heard);
    socket.on("ping", heard);
    socket.on("message", (data) => {
      heard();
      if (socket === this.#socket) this.#receive(String(data));
    });
    // A connection that never came to be speaks against its endpoint; one that broke may have had other reasons.
    const lose = () => this.#lose(socket, this.#isOpen ? "broken" : "fault");
    socket.on("error", lose);
    socket.on("close", lose);
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as Message;
    const event = (message["event"] ?? message["data"] ?? message) as Message;
    // The node behind is about to go: another one is looked for while it still answers.
    if (event["e"] === "serverShutdown") {
      this.#lose(this.#socket, "drain");
      return;
    }
    this.#pauseMs = 0;
    this.#hooks.onMessage(message);
  }

  #feelPulse(): void {
    if (!this.#isOpen) return;
    if (this.staleMs > this.#limits.silenceMaxMs) this.#lose(this.#socket, "fault");
    else this.#socket?.ping();
  }

  #lose(socket: WebSocket | null, reason: LossReason): void {
    if (socket === null || socket !== this.#socket || this.#isClosed) return;
    const wasOpen = this.#isOpen;
    const endpoint = this.#endpoint;
    this.#socket = null;
    this.#isOpen = false;
    socket.terminate();
    if (reason === "fault") endpoint?.failed(performance.now());
    if (wasOpen) this.#hooks.onLost();
    const except = new Set(reason !== "broken" && endpoint !== null ? [endpoint] : []);
    this.#retry = setTimeout(
      () => this.#connect(except),
      this.#pauseMs * (0.5 + Math.random() / 2),
    );
    this.#pauseMs = Math.min(Math.max(this.#pauseMs * 2, pauseMinMs), pauseMaxMs);
  }
}
