import { openBatch, Venue } from "@halcyon/core";
import type { CommandLog, LogEntry, LogPoint } from "@halcyon/log";
import { ReferenceVenue, readBatch } from "@halcyon/sim";

/** One appearance of a client's request in the log, and what the reference says came of it. */
export type Appearance = {
  /** Position and place within it, as one number that rises along the log. */
  readonly at: number;
  readonly position: number;
  readonly repeated: boolean;
  /** Id of the order that it opened or closed; 0: it was refused. */
  readonly orderId: number;
};

const commandsPerBatchMax = 1e6;
const keyOf = (kind: "place" | "cancel", clientOrderId: string) => `${kind} ${clientOrderId}`;

/**
 * The cluster's log from its beginning, applied to the venue's core and, command by command, to
 * the independent reference. It grows with the log, so that drills one after the other read each
 * entry once.
 */
export class LogHistory {
  readonly #log: CommandLog;
  readonly #venue = Venue.create();
  readonly #reference = new ReferenceVenue();
  readonly #appearances = new Map<string, Appearance[]>();
  readonly #hashes: string[] = [""];
  #point: LogPoint | null = null;
  /** What nodes said of their state that the core does not say of the same position. */
  readonly disagreements: string[] = [];

  constructor(log: CommandLog) {
    this.#log = log;
  }

  get position(): number {
    return this.#point?.position ?? 0;
  }

  /** Reads up to what is the newest entry now. */
  async catchUp(): Promise<void> {
    const head = (await this.#log.head())?.position ?? 0;
    if (head <= this.position) return;
    const stop = new AbortController();
    for await (const run of this.#log.read(this.#point, stop.signal)) {
      for (const entry of run) this.#apply(entry);
      if (this.position >= head) break;
    }
  }

  appearancesOf(kind: "place" | "cancel", clientOrderId: string): readonly Appearance[] {
    return this.#appearances.get(keyOf(kind, clientOrderId)) ?? [];
  }

  #apply({ position, cursor, batch: bytes }: LogEntry): void {
    const batch = openBatch(bytes);
    this.#venue.applyBatch(bytes, position);
    this.#hashes[position] = hashText(this.#venue.hash);
    this.#hearClaim(batch.header);
    const read = readBatch(bytes);
    const { commands: outcomes } = this.#reference.applyBatch(read);
    for (const [index, { command }] of read.commands.entries()) {
      const { lines, repeated } = outcomes[index]!;
      const at = position * commandsPerBatchMax + index;
      const remember = (kind: "place" | "cancel", clientOrderId: string, line: RegExp) => {
        const orderId = Number(line.exec(lines[0] ?? "")?.[1] ?? 0);
        const key = keyOf(kind, clientOrderId);
        const known = this.#appearances.get(key) ?? [];
        known.push({ at, position, repeated, orderId });
        this.#appearances.set(key, known);
      };
      if (command.kind === "placeOrder") {
        remember("place", command.order.clientOrderId, /^accepted #(\d+) /);
      } else if (command.kind === "cancelOrder") {
        remember("cancel", command.cancel.clientOrderId, /^closed #(\d+) /);
      }
    }
    this.#point = { position, cursor };
  }

  #hearClaim({ nodeId, claim }: ReturnType<typeof openBatch>["header"]): void {
    if (claim === null) return;
    const own = this.#hashes[claim.position];
    const said = hashText(claim.hash);
    if (own === said) return;
    this.disagreements.push(`node ${nodeId} has ${said} at position ${claim.position}, not ${own}`);
  }
}

function hashText(hash: readonly [number, number]): string {
  return hash.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}
