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
  /** When the node last gave a sign of life, on the monotonic clock. */
  aliveAtMs = performance.now();
  readonly #options: HealthOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 2, maxFreeSockets: 1 });
  #probe: ClientRequest | null = null;
  #next: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(node: { readonly name: string; readonly region: string }, options: HealthOptions) {
    this.name = node.name;
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
    const conclude = (state: NodeState, reason: string): void => {
      if (this.#probe !== probe) return;
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
  conclude: (state: NodeState, reason: string) => void,
): void {
  let text = "";
  response.setEncoding("utf8");
  response.on("data", (chunk: string) => {
    if (text.length < ANSWER_CHARS_MAX) text += chunk;
  });
  response.on("error", () => conclude("down", "answer broke off"));
  response.on("end", () => {
    if (response.statusCode === 200) return conclude("healthy", "ready");
    const status = statusOf(text);
    if (status === "draining") return conclude("draining", "draining");
    conclude("down", `readyz ${response.statusCode} ${status}`);
  });
}

function statusOf(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null && "status" in body) return String(body.status);
  } catch {
    // A health port that does not speak JSON is not ready, whatever it says.
  }
  return "without a status";
}
