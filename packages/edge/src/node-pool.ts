import {
  type AttemptResult,
  type ConnectionLimits,
  NodeConnection,
  type OutgoingRequest,
} from "./node-connection.ts";

const IDLE_CONNECTIONS_MAX = 256;
const SWEEP_INTERVAL_MS = 1_000;

/**
 * The connections to one node. No queue: how many requests are in flight is bounded by the edge,
 * so that is how many connections there are at most.
 */
export class NodePool {
  readonly #address: { readonly host: string; readonly port: number };
  readonly #limits: ConnectionLimits;
  readonly #open = new Set<NodeConnection>();
  /** Last in, first out, so that under little load most connections age and close. */
  #idle: NodeConnection[] = [];
  readonly #sweep: NodeJS.Timeout;

  constructor(address: { readonly host: string; readonly port: number }, limits: ConnectionLimits) {
    this.#address = address;
    this.#limits = limits;
    this.#sweep = setInterval(() => this.#closeAged(), SWEEP_INTERVAL_MS).unref();
  }

  send(request: OutgoingRequest, timeoutMs: number): Promise<AttemptResult> {
    return (this.#takeIdle() ?? this.#connect()).send(request, timeoutMs);
  }

  /** Ends every request in flight on this node as unanswered, and its idle connections. */
  abandon(reason: string): void {
    for (const connection of this.#idle) connection.destroy();
    this.#idle = [];
    for (const connection of this.#open) connection.abandon(reason);
  }

  close(): void {
    clearInterval(this.#sweep);
    for (const connection of this.#open) connection.destroy();
  }

  #takeIdle(): NodeConnection | null {
    const nowMs = performance.now();
    for (let connection = this.#idle.pop(); connection; connection = this.#idle.pop()) {
      if (connection.isOpen && nowMs - connection.idleSinceMs < connection.idleMaxMs) {
        return connection;
      }
      connection.destroy();
    }
    return null;
  }

  #connect(): NodeConnection {
    const connection = new NodeConnection(this.#address, this.#limits, {
      onIdle: (idle) => {
        if (this.#idle.length >= IDLE_CONNECTIONS_MAX) return idle.destroy();
        idle.idleSinceMs = performance.now();
        this.#idle.push(idle);
      },
      onClose: (closed) => {
        this.#open.delete(closed);
        const index = this.#idle.indexOf(closed);
        if (index !== -1) this.#idle.splice(index, 1);
      },
    });
    this.#open.add(connection);
    return connection;
  }

  #closeAged(): void {
    const nowMs = performance.now();
    const isFresh = (connection: NodeConnection) =>
      nowMs - connection.idleSinceMs < connection.idleMaxMs;
    const aged = this.#idle.filter((connection) => !isFresh(connection));
    this.#idle = this.#idle.filter(isFresh);
    for (const connection of aged) connection.destroy();
  }
}
