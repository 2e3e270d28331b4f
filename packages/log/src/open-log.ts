import { LmdbLog, type LmdbLogOptions } from "./lmdb/lmdb-log.ts";
import { MemoryLog } from "./memory-log.ts";
import type { CommandLog } from "./port.ts";

export type LogOptions = { readonly kind: "memory" } | ({ readonly kind: "lmdb" } & LmdbLogOptions);

/** Opens the log that the configuration names. */
export async function openLog(options: LogOptions): Promise<CommandLog> {
  switch (options.kind) {
    case "memory":
      return new MemoryLog();
    case "lmdb":
      return LmdbLog.open(options);
  }
}
