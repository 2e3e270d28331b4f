import type { EtcdLogOptions } from "./etcd/etcd-log.ts";
import { LmdbLog, type LmdbLogOptions } from "./lmdb/lmdb-log.ts";
import { MemoryLog } from "./memory-log.ts";
import type { CommandLog } from "./port.ts";

export type LogOptions =
  | { readonly kind: "memory" }
  | ({ readonly kind: "lmdb" } & LmdbLogOptions)
  | ({ readonly kind: "etcd" } & EtcdLogOptions);

/** Opens the log that the configuration names. */
export async function openLog(options: LogOptions): Promise<CommandLog> {
  switch (options.kind) {
    case "memory":
      return new MemoryLog();
    case "lmdb":
      return LmdbLog.open(options);
    case "etcd": {
      // Loaded only where it is used: a venue on one machine needs no gRPC.
      const { EtcdLog } = await import("./etcd/etcd-log.ts");
      return EtcdLog.open(options);
    }
  }
}
