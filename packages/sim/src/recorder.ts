import type {
  DepthFeed,
  FinalState,
  HashMismatch,
  Incident,
  Op,
  Published,
  Read,
} from "./record.ts";
import type { Scheduler } from "./world/scheduler.ts";

/** Keeps what happens for the checkers. It sees all nodes, which no part of the venue does. */
export class Recorder {
  readonly ops: Op[] = [];
  readonly reads: Read[] = [];
  readonly published = new Map<number, Published>();
  readonly hashMismatches: HashMismatch[] = [];
  readonly depthFeeds: DepthFeed[] = [];
  readonly finals: FinalState[] = [];
  readonly incidents: Incident[] = [];
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  invoke(client: string, what: string, content: string): Op {
    const op: Op = {
      id: this.ops.length,
      client,
      what,
      content,
      invokedAtUs: this.#scheduler.nowUs,
      requestIds: new Set(),
      returnedAtUs: null,
      result: null,
    };
    this.ops.push(op);
    this.#scheduler.note(client, `asks ${what}`, op.id);
    return op;
  }

  /** A node applied a position: the first one publishes it, the others must agree. */
  applied(position: number, said: Published): void {
    const before = this.published.get(position);
    if (before === undefined) {
      this.published.set(position, said);
      return;
    }
    if (before.hash === said.hash) return;
    const { node, hash } = said;
    this.hashMismatches.push({ position, node, hash, others: before.hash });
  }

  incident(who: string, what: string): void {
    this.incidents.push({ atUs: this.#scheduler.nowUs, who, what });
    this.#scheduler.note(who, "INCIDENT", what);
  }
}
