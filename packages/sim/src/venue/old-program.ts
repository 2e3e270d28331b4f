import { openBatch, Venue } from "@halcyon/core";
import type { CommandLog } from "@halcyon/log";
import type { SnapshotReader } from "@halcyon/replica";

export class UnknownRulesError extends Error {
  constructor(version: number, known: number) {
    super(`the snapshot has rules ${version}; this program knows ${known} at most`);
    this.name = "UnknownRulesError";
  }
}

/** The newest rules that any program knows. */
export const rulesNewest = 3;

type Sources = { readonly log: CommandLog; readonly snapshots: SnapshotReader };

/**
 * What a node reads, with the eyes of a program that knows the rules up to a version: it opens batches
 * and snapshots before they get to the replica, and stops at what it does not know.
 */
export function asOldProgram(
  rulesKnown: number,
  log: CommandLog,
  snapshots: SnapshotReader,
): Sources {
  if (rulesKnown >= rulesNewest) return { log, snapshots };
  return {
    log: {
      append: (batch) => log.append(batch),
      head: () => log.head(),
      first: () => log.first(),
      trim: (before) => log.trim(before),
      close: () => log.close(),
      async *read(after, signal) {
        for await (const run of log.read(after, signal)) {
          for (const entry of run) openBatch(entry.batch, rulesKnown);
          yield run;
        }
      },
    },
    snapshots: {
      folder: snapshots.folder,
      positions: () => snapshots.positions(),
      async read(position) {
        const snapshot = await snapshots.read(position);
        const { version } = Venue.restore(snapshot.core.slice()).rules;
        if (version > rulesKnown) throw new UnknownRulesError(version, rulesKnown);
        return snapshot;
      },
    },
  };
}
