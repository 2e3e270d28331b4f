export {
  type ClusterNetwork,
  clientsPlace,
  clusterNetwork,
  command,
  dropNetwork,
  inside,
  namespaces,
  type Place,
  pidsIn,
  raiseNetwork,
} from "./cluster/network.ts";
export { shareSecrets, zoneFolder } from "./cluster/shared-secrets.ts";
export type { Path, Problem } from "./config/cross-checks.ts";
export { didYouMean } from "./config/did-you-mean.ts";
export {
  type ConfigProblem,
  type LoadedConfig,
  loadConfig,
  type Override,
  parseSetFlag,
} from "./config/load-config.ts";
export { type GridResult, type MarketGrid, marketGrid } from "./config/market-grid.ts";
export type {
  AssetConfig,
  LimitsConfig,
  MarketConfig,
  RegionConfig,
  VenueConfig,
  ZoneConfig,
} from "./config/schema.ts";
export {
  type Credentials,
  type DataFolder,
  dataFolderOf,
  type Prepared,
  prepareDataFolder,
  readCredentials,
  refuseDataFolder,
} from "./data-folder.ts";
export type {
  DemoProcessConfig,
  EdgeProcessConfig,
  FollowerProcessConfig,
  GenesisProcessConfig,
  LogConfig,
  NodeProcessConfig,
} from "./plan/process-configs.ts";
export { type PlanInput, planVenue, type VenuePlan } from "./plan/venue-plan.ts";
export { planZone, type ZonePlanInput } from "./plan/zone-plan.ts";
export {
  ControlClient,
  type ControlReply,
  type VenueProcesses,
} from "./supervisor/control-client.ts";
export {
  controlSocketPath,
  startControlServer,
  type VenueStatus,
} from "./supervisor/control-server.ts";
export { freePorts } from "./supervisor/free-ports.ts";
export type { ProcessSpec, RestartPolicy } from "./supervisor/managed-process.ts";
export { type RunLock, takeRunLock } from "./supervisor/run-lock.ts";
export { runOnce } from "./supervisor/run-once.ts";
export { type ProcessStatus, Supervisor } from "./supervisor/supervisor.ts";
export { startSupervisorHealth } from "./supervisor/supervisor-health.ts";
export { openSupervisorLog } from "./supervisor/supervisor-log.ts";
