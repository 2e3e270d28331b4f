import {
  type Snapshot,
  SnapshotFileError,
  type SnapshotReader,
  type SnapshotWriter,
} from "@halcyon/replica";
import type { Random } from "./random.ts";
import type { SimProcess } from "./sim-process.ts";

type Kept = { readonly snapshot: Snapshot; damaged: boolean };

/** The folder of snapshots: it survives the processes that write and read it. */
export class SnapshotShelf {
  readonly kept = new Map<number, Kept>();

  positions(): number[] {
    return [...this.kept.keys()].sort((a, b) => b - a);
  }

  get goodCount(): number {
    return [...this.kept.values()].filter(({ damaged }) => !damaged).length;
  }
}

/** One process's way to the shelf, with the store's promises: durable under its name, or not there at all. */
export class SimSnapshots implements SnapshotReader, SnapshotWriter {
  readonly folder = "simulated";
  readonly #process: SimProcess;
  readonly #shelf: SnapshotShelf;
  readonly #random: Random;
  readonly #verified = new Set<number>();

  constructor(process: SimProcess, shelf: SnapshotShelf, random: Random) {
    this.#process = process;
    this.#shelf = shelf;
    this.#random = random;
  }

  async positions(): Promise<number[]> {
    await this.#take(5);
    return this.#shelf.positions();
  }

  async read(position: number): Promise<Snapshot> {
    await this.#take(50);
    const kept = this.#shelf.kept.get(position);
    if (kept === undefined) throw Object.assign(new Error("gone"), { code: "ENOENT" });
    if (kept.damaged) throw new SnapshotFileError("damaged", "a section is damaged");
    return copyOf(kept.snapshot);
  }

  async write(snapshot: Snapshot): Promise<number> {
    await this.#take(200);
    this.#shelf.kept.set(snapshot.position, { snapshot: copyOf(snapshot), damaged: false });
    await this.#take(20);
    this.#verified.add(snapshot.position);
    return snapshot.core.length;
  }

  async prune(keep: number): Promise<number[]> {
    const good: number[] = [];
    for (const position of await this.positions()) {
      if (good.length >= keep) {
        this.#shelf.kept.delete(position);
        this.#verified.delete(position);
      } else if (
        this.#verified.has(position) ||
        this.#shelf.kept.get(position)?.damaged === false
      ) {
        this.#verified.add(position);
        good.push(position);
      }
    }
    return good;
  }

  #take(mostMs: number): Promise<void> {
    const delayMs = this.#random.skewed(0.1, mostMs);
    return new Promise((resolve) => this.#process.after(delayMs, resolve));
  }
}

function copyOf(snapshot: Snapshot): Snapshot {
  const projections = [...snapshot.projections].map(
    ([name, bytes]) => [name, bytes.slice()] as const,
  );
  return { ...snapshot, core: snapshot.core.slice(), projections: new Map(projections) };
}
