import type { IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import type { EdgeLimits } from "./config.ts";
import type { EdgeLog } from "./edge-log.ts";
import type { EdgeMetrics } from "./edge-metrics.ts";
import { attemptLines, clientAddressOf, planClientOf, requestHead } from "./headers.ts";
import type { BoardNode, NodeBoard } from "./node-board.ts";
import { REFUSALS, type RefusalName, rawRefusal } from "./refusal.ts";
import { clientStatusOf } from "./send-on.ts";

interface Tunnel {
  readonly node: BoardNode;
  readonly client: Socket;
  readonly upstream: Socket;
  readonly sides: readonly { readonly socket: Socket; bytesRead: number; heardAtMs: number }[];
}

type Handshake =
  | { readonly kind: "answered"; readonly upstream: Socket; readonly head: string }
  | { readonly kind: "failed"; readonly reason: string; readonly isNodeFault: boolean };

const HEAD_BYTES_MAX = 16 * 1024;
const HEAD_END = "\r\n\r\n";
const WATCH_INTERVAL_MS = 500;
const KEEP_ALIVE_DELAY_MS = 30_000;
/** How long the last bytes may take to leave once the other side has closed. */
const CLOSE_GRACE_MS = 2_000;

/**
 * WebSockets as plain byte tunnels: the upgrade goes to a node of the plan, then bytes flow both
 * ways with back-pressure. When either side ends, so does the other, at once: a client of a dead
 * node reconnects and is sent elsewhere.
 */
export class Tunnels {
  readonly #board: NodeBoard;
  readonly #limits: EdgeLimits;
  readonly #log: EdgeLog;
  readonly #metrics: EdgeMetrics;
  readonly #open = new Set<Tunnel>();
  readonly #watch: NodeJS.Timeout;
  readonly #opening = new Set<Socket>();
  #isStopping = false;

  constructor(board: NodeBoard, limits: EdgeLimits, log: EdgeLog, metrics: EdgeMetrics) {
    this.#board = board;
    this.#limits = limits;
    this.#log = log;
    this.#metrics = metrics;
    this.#watch = setInterval(() => this.#closeDead(), WATCH_INTERVAL_MS).unref();
  }

  get count(): number {
    return this.#open.size + this.#opening.size;
  }

  async open(
    request: IncomingMessage,
    client: Socket,
    early: Buffer,
    target: { readonly path: string; readonly requestId: string },
  ): Promise<void> {
    client.on("error", () => client.destroy());
    client.setTimeout(0);
    client.setNoDelay(true);
    client.setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
    if (this.#isStopping || this.count >= this.#limits.tunnelsMax) {
      this.#metrics.shed.inc({ reason: "tunnels" });
      return this.#refuse(client, "overloaded");
    }
    this.#opening.add(client);
    try {
      await this.#connect(request, client, early, target);
    } finally {
      this.#opening.delete(client);
    }
  }

  closeAll(): void {
    this.#isStopping = true;
    clearInterval(this.#watch);
    for (const client of this.#opening) client.destroy();
    for (const tunnel of this.#open) closeTunnel(tunnel);
  }

  async #connect(
    request: IncomingMessage,
    client: Socket,
    early: Buffer,
    { path, requestId }: { readonly path: string; readonly requestId: string },
  ): Promise<void> {
    const head = requestHead(request, path, {
      requestId,
      clientAddress: clientAddressOf(request),
      bodyBytes: null,
    });
    let attempt = 0;
    for (const node of this.#board.order(planClientOf(request))) {
      if (client.destroyed || client.readableEnded) break;
      const result = await this.#shakeHands(node, client, head + attemptLines(attempt), early);
      attempt += 1;
      if (result.kind === "answered") {
        this.#metrics.requests.inc({ route: "tunnel", status: result.head.slice(9, 12) });
        return this.#join(node, client, result, requestId);
      }
      if (result.isNodeFault) node.health.suspect(`upgrade: ${result.reason}`);
      const fields = { requestId, node: node.name, attempt, result: result.reason };
      this.#log.warn(fields, "upgrade attempt");
    }
    this.#metrics.requests.inc({ route: "tunnel", status: "503" });
    this.#refuse(client, "overloaded");
  }

  /** Sends the upgrade to a node and waits for the head of its answer, whatever it says. */
  #shakeHands(node: BoardNode, client: Socket, head: string, early: Buffer): Promise<Handshake> {
    return new Promise((resolve) => {
      const upstream = connect({ host: node.host, port: node.port, noDelay: true });
      let received = Buffer.alloc(0);
      const settle = (result: Handshake): void => {
        clearTimeout(timer);
        client.off("close", onClientGone).off("end", onClientGone);
        upstream.off("data", onData).off("close", onClose);
        if (result.kind === "failed") upstream.destroy();
        resolve(result);
      };
      const fail = (reason: string, isNodeFault: boolean): void =>
        settle({ kind: "failed", reason, isNodeFault });
      const onClientGone = (): void => fail("client gone", false);
      const onClose = (): void => fail("closed before an answer", true);
      const onData = (chunk: Buffer): void => {
        received = Buffer.concat([received, chunk]);
        const end = received.indexOf(HEAD_END, 0, "latin1");
        if (end === -1) {
          if (received.length > HEAD_BYTES_MAX) fail("answer head too large", false);
          return;
        }
        upstream.pause();
        const answer = received.toString("latin1", 0, end);
        // A node that sheds load or drains; another may have room.
        const status = Number(answer.slice("HTTP/1.1 ".length, "HTTP/1.1 ".length + 3));
        if (clientStatusOf(status) === 503) {
          fail("declined", false);
          return;
        }
        upstream.unshift(received.subarray(end + HEAD_END.length));
        settle({ kind: "answered", upstream, head: answer });
      };
      const timer = setTimeout(() => fail("timeout", false), this.#limits.attemptTimeoutMs);
      client.on("close", onClientGone).on("end", onClientGone);
      upstream.on("error", () => upstream.destroy());
      upstream.on("data", onData).on("close", onClose);
      upstream.setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
      upstream.write(head, "latin1");
      if (early.length > 0) upstream.write(early);
    });
  }

  #join(
    node: BoardNode,
    client: Socket,
    { upstream, head }: Extract<Handshake, { kind: "answered" }>,
    requestId: string,
  ): void {
    const nowMs = performance.now();
    const sides = [client, upstream].map((socket) => ({ socket, bytesRead: 0, heardAtMs: nowMs }));
    const tunnel: Tunnel = { node, client, upstream, sides };
    this.#open.add(tunnel);
    const onClose = (): void => {
      this.#open.delete(tunnel);
      closeTunnel(tunnel);
    };
    client.once("close", onClose);
    upstream.once("close", onClose);
    client.write(`${head}\r\nHalcyon-Request-Id: ${requestId}${HEAD_END}`, "latin1");
    client.pipe(upstream);
    upstream.pipe(client);
    if (client.destroyed || upstream.destroyed) onClose();
  }

  #refuse(client: Socket, refusal: RefusalName): void {
    client.end(rawRefusal(REFUSALS[refusal]));
    destroyLater(client);
  }

  /** Ends tunnels to nodes that fell silent, and those on which one side has fallen silent. */
  #closeDead(): void {
    const nowMs = performance.now();
    for (const tunnel of this.#open) {
      const { state, aliveAtMs } = tunnel.node.health;
      const isNodeLost = state === "down" && nowMs - aliveAtMs > this.#limits.tunnelNodeLostMs;
      let isSilent = false;
      for (const side of tunnel.sides) {
        if (side.socket.bytesRead !== side.bytesRead) {
          side.bytesRead = side.socket.bytesRead;
          side.heardAtMs = nowMs;
        } else if (nowMs - side.heardAtMs > this.#limits.tunnelIdleMs) {
          isSilent = true;
        }
      }
      if (isNodeLost || isSilent) closeTunnel(tunnel);
    }
  }
}

function closeTunnel({ client, upstream }: Tunnel): void {
  for (const socket of [client, upstream]) {
    if (socket.destroyed) continue;
    // What was already received still goes out, then the connection ends.
    socket.destroySoon();
    destroyLater(socket);
  }
}

function destroyLater(socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), CLOSE_GRACE_MS).unref();
  socket.once("close", () => clearTimeout(timer));
}
