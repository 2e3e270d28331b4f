import { type CommandLog, type LogEntry, LogError, type LogPoint } from "@halcyon/log";
import type { Sabotage } from "../sabotage.ts";

/** A log like the one behind it, but for what is replaced. */
function changed(log: CommandLog, changes: Partial<CommandLog>): CommandLog {
  const same: CommandLog = {
    append: (batch) => log.append(batch),
    read: (after, signal) => log.read(after, signal),
    head: () => log.head(),
    first: () => log.first(),
    trim: (before) => log.trim(before),
    close: () => log.close(),
  };
  return { ...same, ...changes };
}

/** Node 1 reads other runs than those that are in the log; their positions are in order all the same. */
function misread(change: (run: LogEntry[]) => LogEntry[]): Sabotage {
  return {
    log: (log, node) => {
      if (node !== 1) return log;
      async function* read(after: LogPoint | null, signal: AbortSignal) {
        let position = after?.position ?? 0;
        for await (const run of log.read(after, signal)) {
          yield change([...run]).map((entry) => ({ ...entry, position: ++position }));
        }
      }
      return changed(log, { read });
    },
  };
}

function isOften(entry: LogEntry): boolean {
  return entry.position % 40 === 0;
}

export const logPlants: Readonly<Record<string, Sabotage>> = {
  "busy is said of a batch that was written": {
    log: (log) => {
      let count = 0;
      return changed(log, {
        append: async (batch) => {
          const position = await log.append(batch);
          if (++count % 50 === 0) throw new LogError("busy", "not really");
          return position;
        },
      });
    },
  },
  "a reader skips an entry": misread((run) => run.filter((entry) => !isOften(entry))),
  "a reader gets an entry twice": misread((run) =>
    run.flatMap((entry) =>
      isOften(entry) ? [entry, { ...entry, batch: entry.batch.slice() }] : [entry],
    ),
  ),
  "a reader gets two entries in the wrong order": misread((run) => run.reverse()),
  "a reader gets a flipped bit": misread((run) => {
    for (const entry of run) if (isOften(entry)) entry.batch[entry.batch.length - 1]! ^= 1;
    return run;
  }),
};
