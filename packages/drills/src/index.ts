export { latencyMs } from "./check/timing.ts";
export { Cluster, type Environment, type StartZone } from "./cluster.ts";
export type { Drill } from "./drill.ts";
export { drills } from "./drills.ts";
export { Load, type LoadOptions } from "./load/load.ts";
export { nowUs, type Operation } from "./load/operation.ts";
export { makeTraders, type Trader } from "./load/provision.ts";
export type { DrillReport } from "./report.ts";
export { type DrillOptions, runDrills } from "./run-drills.ts";
