/** One change that somebody asked this node for. */
export type AuditEntry = {
  readonly timeMs: number;
  readonly node: string;
  /** The name of a token, or `person:NAME`; empty: nobody, as in a sign-in. */
  readonly by: string;
  readonly address: string;
  readonly route: string;
  readonly target: Readonly<Record<string, string | number | boolean>>;
  readonly outcome: string;
  readonly status: number;
  /** Of the log; null: it did not get there. */
  readonly position: number | null;
  readonly requestId: string;
};

const entriesMax = 1_000;

/** The latest changes that this node was asked for, since its start. All of them are in its log file. */
export class AuditTrail {
  readonly #entries: AuditEntry[] = [];

  add(entry: AuditEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length > entriesMax) this.#entries.shift();
  }

  /** The latest first. */
  latest(limit: number): AuditEntry[] {
    return this.#entries.slice(-limit).reverse();
  }
}
