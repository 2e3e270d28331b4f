export type { EtcdLog, EtcdLogOptions } from "./etcd/etcd-log.ts";
export type { EtcdHealth, EtcdHealthState, EtcdMemberHealth } from "./etcd/health.ts";
export type { LmdbLogOptions } from "./lmdb/lmdb-log.ts";
export { type LogOptions, openLog } from "./open-log.ts";
export {
  BATCH_BYTES_MAX,
  type CommandLog,
  type LogEntry,
  LogError,
  type LogErrorCode,
  type LogPoint,
  RUN_BYTES_MAX,
  RUN_ENTRIES_MAX,
} from "./port.ts";
