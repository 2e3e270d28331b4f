import type { ClientRequest, IncomingMessage } from "node:http";
import { Agent, request } from "./node-http.ts";
import type { NodeState } from "./traffic-plan.ts";

export interface HealthOptions {
  readonly host: string;
  readonly port: number;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly onChange: (health: NodeHealth, before: NodeState) => void;
}

const ANSWER_CHARS_MAX = 4096;
const WEIGHT_DEFAULT = 100;
/** Weight of the newest probe in the smoothed latency. */
const LATENCY_WEIGHT = 0.2;

/**
 * What the edge believes about one node: probes of `/readyz` on one kept-alive connection, and
 * what live requests ran into.
 *
 *   unknown --probe--> healthy | draining | down
 *   healthy, draining --live request refused or reset--> suspect --probe--> healthy | draining | down
 */
export class NodeHealth {
  readonly name: string;
  readonly region: string;
  state: NodeState = "unknown";
  reason = "not probed yet";
  latencyMs: number | null = null;
  /** How busy the node said it is with its last answer, 0 to 1. */
  load: number | null = null;
  readonly weight: number;
  /** When the node last gave a sign of life, on the monotonic clock. */
  aliveAtMs = performance.now();
  readonly #options: HealthOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 2, maxFreeSockets: 1 });
  #probe: ClientRequest | null = null;
  #next: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(
    node: { readonly name: string; readonly region: string; readonly weight?: number },
    options: HealthOptions,
  ) {
    this.name = node.name;
    this.weight = node.weight ?? WEIGHT_DEFAULT;
    this.region = node.region;
    this.#options = options;
  }

  start(): void {
    this.#startProbe();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#next);
    this.#probe?.destroy();
    this.#agent.destroy();
  }

  /** A live request found the node gone: out of service at once, until a new probe answers. */
  suspect(reason: string): void {
    if (this.#isStopped || this.state === "suspect" || this.state === "down") return;
    this.#change("suspect", reason);
    // A probe under way began before the failure and proves nothing.
    clearTimeout(this.#next);
    const before = this.#probe;
    this.#startProbe();
    before?.destroy();
  }

  #startProbe(): void {
    const startedAtMs = performance.now();
    const { host, port, timeoutMs } = this.#options;
    const probe = request({ agent: this.#agent, host, port, path: "/readyz", method: "GET" });
    this.#probe = probe;
    const timer = setTimeout(() => {
      // Timers run before sockets are read: after a stall of our own the answer may be waiting.
      setImmediate(() => setImmediate(() => conclude("down", `no answer in ${timeoutMs} ms`)));
    }, timeoutMs);
    const conclude = (state: NodeState, reason: string, load: number | null = null): void => {
      if (this.#probe !== probe) return;
      this.load = load;
      clearTimeout(timer);
      this.#probe = null;
      if (state === "down" && !reason.startsWith("readyz")) probe.destroy();
      else this.#sawLife(performance.now() - startedAtMs);
      this.#change(state, reason);
      this.#schedule(startedAtMs);
    };
    probe.on("response", (response) => readVerdict(response, conclude));
    probe.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      if (this.#probe !== probe || this.#isStopped) return;
      // A kept-alive connection may just have ended; only a fresh one tells.
      if (probe.reusedSocket) this.#startProbe();
      else conclude("down", error.code ?? error.message);
    });
    probe.end();
  }

  #sawLife(latencyMs: number): void {
    this.aliveAtMs = performance.now();
    this.latencyMs =
      this.latencyMs === null
        ? latencyMs
        : this.latencyMs + LATENCY_WEIGHT * (latencyMs - this.latencyMs);
  }

  #schedule(startedAtMs: number): void {
    if (this.#isStopped) return;
    const spentMs = performance.now() - startedAtMs;
    const waitMs = Math.max(this.#options.intervalMs - spentMs, 1);
    this.#next = setTimeout(() => this.#startProbe(), waitMs);
  }

  #change(state: NodeState, reason: string): void {
    const before = this.state;
    this.state = state;
    this.reason = reason;
    if (before !== state) this.#options.onChange(this, before);
  }
}

function readVerdict(
  response: IncomingMessage,
  conclude: (state: NodeState, reason: string, load?: number | null) => void,
): void {
  let text = "";
  response.setEncoding("utf8");
  response.on("data", (chunk: string) => {
    if (text.length < ANSWER_CHARS_MAX) text += chunk;
  });
  response.on("error", () => conclude("down", "answer broke off"));
  response.on("end", () => {
    const { status, load } = readBody(text);
    if (response.statusCode === 200) return conclude("healthy", "ready", load);
    if (status === "draining") return conclude("draining", "draining", load);
    conclude("down", `readyz ${response.statusCode} ${status}`);
  });
}

function readBody(text: string): { readonly status: string; readonly load: number | null } {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null) {
      const { status, load } = body as { status?: unknown; load?: unknown };
      const isLoad = typeof load === "number" && load >= 0 && load <= 1;
      return { status: String(status ?? "without a status"), load: isLoad ? load : null };
    }
  } catch {
    // A health port that does not speak JSON is not ready, whatever it says.
  }
  return { status: "without a status", load: null };
}
