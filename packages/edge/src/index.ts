export {
  DEFAULT_LIMITS,
  type EdgeConfig,
  type EdgeLimits,
  type EdgeNodeConfig,
  type EdgeRegionConfig,
} from "./config.ts";
export { type Edge, type EdgeOptions, startEdge } from "./edge.ts";
export type { EdgeLog } from "./edge-log.ts";
export { haproxyConfig } from "./haproxy/haproxy-config.ts";
export {
  type HaproxyEdge,
  type HaproxySettings,
  runtimeSocketOf,
} from "./haproxy/haproxy-settings.ts";
export { HaproxySocket } from "./haproxy/haproxy-socket.ts";
export type { PlanReport } from "./node-board.ts";
export {
  type NodeState,
  orderOf,
  type PlanInput,
  type PlanNode,
  type PlannedNode,
  type PlanRegion,
  planTraffic,
  type TrafficPlan,
} from "./traffic-plan.ts";
