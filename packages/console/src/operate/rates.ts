import type { LiveNode } from "./admin-api.ts";

interface Seen {
  readonly commands: number;
  readonly startedAt: string;
  readonly atMs: number;
}

/** Commands per second of each node, between two looks at it. */
export class Rates {
  readonly #seen = new Map<string, Seen>();
  readonly #rates = new Map<string, number>();

  look(nodes: readonly LiveNode[], nowMs: number): void {
    for (const { name, commandsApplied: commands, startedAt } of nodes) {
      const before = this.#seen.get(name);
      this.#seen.set(name, { commands, startedAt, atMs: nowMs });
      // A node that has started again counts anew.
      if (before === undefined || before.startedAt !== startedAt || nowMs <= before.atMs) continue;
      this.#rates.set(name, ((commands - before.commands) * 1000) / (nowMs - before.atMs));
    }
  }

  /** null: it was seen once only. */
  of(name: string): number | null {
    return this.#rates.get(name) ?? null;
  }
}
