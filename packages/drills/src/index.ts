export { Cluster, type Environment, type StartZone } from "./cluster.ts";
export type { Drill } from "./drill.ts";
export { drills } from "./drills.ts";
export type { DrillReport } from "./report.ts";
export { type DrillOptions, runDrills } from "./run-drills.ts";
