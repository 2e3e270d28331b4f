import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { sessionKeyName } from "../auth/session-key.ts";
import type { ShownSession } from "../auth/session-token.ts";
import type { GatewayContext } from "../dialect/method.ts";
import type { Router } from "../dialect/router.ts";
import type { OriginReader } from "../rest/origin.ts";
import { Admission } from "./admission.ts";
import { ApiSocket } from "./api-socket.ts";
import { Connection, type CutReason, closeCode } from "./connection.ts";
import { MarketSocket } from "./market-socket.ts";
import { MarketStreams } from "./market-streams.ts";
import { parseTarget, type Target } from "./target.ts";
import { refuseUpgrade } from "./upgrade-refusal.ts";
import { UserStreams } from "./user-streams.ts";
import { defaultWebSocketLimits, type WebSocketLimits } from "./websocket-limits.ts";

export type WebSocketsOptions = {
  readonly gateway: GatewayContext;
  readonly router: Router;
  readonly origins: OriginReader;
  readonly limits?: Partial<WebSocketLimits>;
  /** Told of every answer of the WebSocket API: method, status and duration. */
  readonly observe?: (method: string, status: number, durationMs: number) => void;
  /** A clock that never goes back: for the ages of sockets. */
  readonly monotonicMs?: () => number;
};

/** What the metrics show. */
export type WebSocketCounts = {
  readonly marketSockets: number;
  readonly apiSockets: number;
  readonly streams: number;
  readonly userSubscriptions: number;
  /** Sockets that this side closed, by reason, since the start. */
  readonly cut: Readonly<Record<CutReason, number>>;
};

type Client = {
  readonly connection: Connection;
  readonly socket: MarketSocket | ApiSocket;
  readonly kind: Target["kind"];
};

const tickMs = 100;
const ticksPerSecond = 1000 / tickMs;

/** Every WebSocket of a node. */
export class WebSockets {
  readonly #options: WebSocketsOptions;
  readonly #limits: WebSocketLimits;
  readonly #monotonicMs: () => number;
  readonly #admission: Admission;
  readonly #markets: MarketStreams;
  readonly #users: UserStreams;
  readonly #servers: Readonly<Record<Target["kind"], WebSocketServer>>;
  readonly #clients = new Set<Client>();
  readonly #cut: Record<CutReason, number> = { slow: 0, silent: 0, old: 0, abusive: 0, broken: 0 };
  readonly #stopListening: readonly (() => void)[];
  #timer: NodeJS.Timeout | null = null;
  #ticks = 0;
  #draining: NodeJS.Timeout | "closed" | null = null;

  constructor(options: WebSocketsOptions) {
    const { gateway } = options;
    this.#options = options;
    this.#limits = { ...defaultWebSocketLimits, ...options.limits };
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
    this.#admission = new Admission(this.#limits);
    this.#markets = new MarketStreams(gateway);
    this.#users = new UserStreams(gateway);
    this.#stopListening = [
      gateway.views.listen(this.#markets.listener),
      gateway.views.listen(this.#users.listener),
    ];
    this.#servers = {
      market: this.#server(this.#limits.controlPayloadBytesMax),
      api: this.#server(this.#limits.apiPayloadBytesMax),
    };
  }

  /** From here on streams are sent on their beats, and sockets are pinged. */
  start(): void {
    this.#timer ??= setInterval(() => this.tick(), tickMs).unref();
  }

  /** One step of the clock: beats every 100 ms and every second, and a look at every socket. */
  tick(): void {
    this.#ticks++;
    this.#markets.onBeat(100);
    if (this.#ticks % ticksPerSecond !== 0) return;
    this.#markets.onBeat(1000);
    this.#users.endOver();
    const nowMs = this.#monotonicMs();
    for (const { connection } of this.#clients) connection.sweep(nowMs);
    this.#admission.sweep(nowMs);
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { gateway, origins } = this.#options;
    const origin = origins.read(request, gateway.now());
    if (origin === null) {
      socket.destroy();
      return;
    }
    const { address } = origin;
    const target = parseTarget(request.url ?? "/");
    if (this.#draining !== null || target === null) {
      refuseUpgrade(socket, target === null ? "unknown-path" : "draining", origin);
      return;
    }
    const nowMs = this.#monotonicMs();
    const refused = this.#admission.admit(address, nowMs);
    if (refused !== null) {
      refuseUpgrade(socket, refused, origin, this.#admission.retryAfterSeconds(address, nowMs));
      return;
    }
    let isOpen = false;
    this.#servers[target.kind].handleUpgrade(request, socket, head, (ws) => {
      isOpen = true;
      const connection = new Connection(ws, socket, address, this.#limits, nowMs, (reason) => {
        this.#cut[reason]++;
      });
      this.#open(connection, target, gateway.sessions.ofHandshake(request.headers));
    });
    // A handshake that ws refused opened nothing.
    if (!isOpen) this.#admission.release(address);
  }

  /**
   * Turns new sockets away, tells the open ones that they will be closed, and closes them after the
   * grace time, so that clients can connect elsewhere first.
   */
  drain(): void {
    if (this.#draining !== null) return;
    this.#draining = setTimeout(() => {
      this.#draining = "closed";
      for (const { connection } of this.#clients) {
        connection.close(closeCode.serviceRestart, "this node restarts; connect again");
      }
    }, this.#limits.drainGraceMs);
    const nowMs = this.#options.gateway.now();
    for (const { connection, socket } of this.#clients) {
      connection.send(socket.shutdownNotice(nowMs));
    }
  }

  /** Takes new sockets again. */
  undrain(): void {
    if (typeof this.#draining === "object" && this.#draining !== null) clearTimeout(this.#draining);
    this.#draining = null;
  }

  /** Ends everything at once. */
  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    if (typeof this.#draining === "object" && this.#draining !== null) clearTimeout(this.#draining);
    this.#draining = "closed";
    for (const stop of this.#stopListening) stop();
    for (const { connection } of this.#clients) connection.terminate();
    for (const server of Object.values(this.#servers)) server.close();
  }

  counts(): WebSocketCounts {
    let apiSockets = 0;
    for (const { kind } of this.#clients) if (kind === "api") apiSockets++;
    return {
      marketSockets: this.#clients.size - apiSockets,
      apiSockets,
      streams: this.#markets.count,
      userSubscriptions: this.#users.count,
      cut: { ...this.#cut },
    };
  }

  #server(maxPayload: number): WebSocketServer {
    // A variable, for the published types do not know closeTimeout yet.
    const options = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload,
      closeTimeout: this.#limits.closeTimeoutMs,
    };
    const server = new WebSocketServer(options);
    server.on("wsClientError", (_error, socket) => refuseUpgrade(socket, "bad-handshake"));
    server.on("headers", (headers) => {
      const { nodeName, position } = this.#options.gateway.replica;
      headers.push(`Halcyon-Node: ${nodeName}`, `Halcyon-Position: ${position}`);
    });
    return server;
  }

  #open(connection: Connection, target: Target, shown: ShownSession | null): void {
    const socket = this.#socketOf(connection, target, shown);
    const client = { connection, kind: target.kind, socket };
    this.#clients.add(client);
    connection.start(
      {
        onText: (text) => client.socket.onText(text),
        onBinary: () => client.socket.onBinary(),
        onControlFrame: () => client.socket.onControlFrame(),
        onClose: () => {
          client.socket.onClose();
          this.#clients.delete(client);
          this.#admission.release(connection.address);
        },
      },
      this.#monotonicMs,
    );
    if (client.socket instanceof MarketSocket && target.kind === "market") {
      client.socket.open(target.names);
    }
  }

  #socketOf(
    connection: Connection,
    target: Target,
    shown: ShownSession | null,
  ): MarketSocket | ApiSocket {
    const { gateway, router, observe = () => undefined } = this.#options;
    const users = this.#users;
    const limits = this.#limits;
    if (target.kind === "api") {
      const context = { gateway, router, users, limits, observe };
      const signedIn = shown === null ? undefined : sessionKeyName(shown.id);
      return new ApiSocket(context, connection, target.returnRateLimits, signedIn);
    }
    const { listenKeys, authenticator } = gateway;
    const markets = this.#markets;
    const now = this.#monotonicMs;
    const context = { markets, users, listenKeys, authenticator, limits, now };
    return new MarketSocket(context, connection, target.combined);
  }
}

/** The WebSockets of a node, with their clock running. */
export function createWebSockets(options: WebSocketsOptions): WebSockets {
  const webSockets = new WebSockets(options);
  webSockets.start();
  return webSockets;
}
