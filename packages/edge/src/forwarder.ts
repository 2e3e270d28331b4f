import { setTimeout as delay } from "node:timers/promises";
import type { EdgeLimits } from "./config.ts";
import type { EdgeLog } from "./edge-log.ts";
import type { EdgeMetrics } from "./edge-metrics.ts";
import { attemptLines, headerOf } from "./headers.ts";
import type { BoardNode, NodeBoard } from "./node-board.ts";
import type { AttemptResult } from "./node-connection.ts";
import type { PlanClient } from "./traffic-plan.ts";

export interface ForwardRequest {
  readonly requestId: string;
  readonly method: string;
  /** Without the query: it holds signatures and is not for logs. */
  readonly route: string;
  readonly head: string;
  readonly body: Buffer | null;
  readonly client: PlanClient;
  /** Whether the client is still there to be answered. */
  readonly isWanted: () => boolean;
}

export type Answer = Extract<AttemptResult, { kind: "answer" | "stream" }>;

/** `overloaded`: surely nothing was executed. `unknown`: some node may have executed it. */
export type ForwardOutcome =
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "overloaded" }
  | { readonly kind: "unknown" };

const ROUND_PAUSE_MIN_MS = 20;
const ROUND_PAUSE_MAX_MS = 400;

/** What is known about one request while it goes from node to node. */
interface Progress {
  attempts: number;
  /** Some node may have got the request and may have executed it. */
  mayHaveRun: boolean;
  /** A node that refused it for want of room, surely without executing it. */
  declined: Answer | null;
  /** What a node said that lost sight of it: better than words of the edge's own. */
  lost: Answer | null;
}

/**
 * Sends a request to the nodes of the plan, one after the other, until one answers. The same
 * request id goes with every attempt and the venue executes an id once, so sending again is always
 * safe. When the whole plan is down it waits and goes round again until the deadline: a restart
 * is a slow answer, not an error.
 */
export class Forwarder {
  readonly #board: NodeBoard;
  readonly #limits: EdgeLimits;
  readonly #log: EdgeLog;
  readonly #metrics: EdgeMetrics;
  #isStopping = false;

  constructor(board: NodeBoard, limits: EdgeLimits, log: EdgeLog, metrics: EdgeMetrics) {
    this.#board = board;
    this.#limits = limits;
    this.#log = log;
    this.#metrics = metrics;
  }

  /** From now on nobody waits for nodes that are down: they may be stopping too. */
  stop(): void {
    this.#isStopping = true;
  }

  async forward(request: ForwardRequest): Promise<ForwardOutcome> {
    const deadlineMs = performance.now() + this.#limits.totalTimeoutMs;
    const progress: Progress = { attempts: 0, mayHaveRun: false, declined: null, lost: null };
    for (let pauseMs = ROUND_PAUSE_MIN_MS; ; pauseMs = Math.min(pauseMs * 2, ROUND_PAUSE_MAX_MS)) {
      for (const node of this.#board.order(request.client)) {
        const answer = await this.#attempt(request, node, progress, deadlineMs);
        if (answer !== null) return { kind: "answer", answer };
        if (this.#isOver(request, progress, deadlineMs)) return this.#giveUp(request, progress);
      }
      // Nodes that shed load are not asked again: that would be the storm they defend against.
      if (progress.declined !== null) return this.#giveUp(request, progress);
      const isLate = performance.now() + pauseMs >= deadlineMs;
      if (isLate || this.#isStopping) return this.#giveUp(request, progress);
      await delay(pauseMs);
    }
  }

  async #attempt(
    request: ForwardRequest,
    node: BoardNode,
    progress: Progress,
    deadlineMs: number,
  ): Promise<Answer | null> {
    const timeoutMs = Math.min(this.#limits.attemptTimeoutMs, deadlineMs - performance.now());
    const attempt = progress.attempts;
    progress.attempts += 1;
    const result = await node.pool.send(
      {
        method: request.method,
        head: request.head + attemptLines(attempt),
        body: request.body,
      },
      timeoutMs,
    );
    if (result.kind === "answer" || result.kind === "stream") {
      if (isDeclined(result)) {
        progress.declined = result;
        this.#metrics.retries.inc({ reason: "declined" });
        return null;
      }
      if (isOutcomeUnknown(result)) {
        progress.mayHaveRun = true;
        progress.lost = result;
        this.#metrics.retries.inc({ reason: "unknown" });
        this.#logRetry(request, node, attempt, "the node does not know the outcome");
        return null;
      }
      if (attempt > 0) this.#logRetry(request, node, attempt, "answered");
      return result;
    }
    if (result.isNodeFault) node.health.suspect(`live request: ${result.reason}`);
    if (result.kind === "unknown") progress.mayHaveRun = true;
    this.#metrics.retries.inc({ reason: result.kind });
    this.#logRetry(request, node, attempt, result.reason);
    return null;
  }

  #isOver(request: ForwardRequest, progress: Progress, deadlineMs: number): boolean {
    return (
      progress.attempts >= this.#limits.attemptsMax ||
      performance.now() >= deadlineMs ||
      !request.isWanted()
    );
  }

  #giveUp(request: ForwardRequest, progress: Progress): ForwardOutcome {
    const { attempts, mayHaveRun, declined, lost } = progress;
    const { requestId, method, route } = request;
    const outcome = mayHaveRun ? "unknown" : declined === null ? "overloaded" : "declined";
    this.#log.error({ requestId, method, route, attempts, outcome }, "request not answered");
    // A refusal of the last node says nothing about what an earlier one did.
    if (mayHaveRun) return lost === null ? { kind: "unknown" } : { kind: "answer", answer: lost };
    return declined === null ? { kind: "overloaded" } : { kind: "answer", answer: declined };
  }

  #logRetry(request: ForwardRequest, node: BoardNode, attempt: number, result: string): void {
    const { requestId, method, route } = request;
    this.#log.warn({ requestId, method, route, attempt, node: node.name, result }, "attempt");
  }
}

function isDeclined(answer: Answer): boolean {
  return headerOf(answer.head, "halcyon-not-executed") === "1";
}

/** The node lost sight of what it sent to the log; another can tell by the request's id. */
function isOutcomeUnknown(answer: Answer): boolean {
  return headerOf(answer.head, "halcyon-outcome-unknown") === "1";
}
