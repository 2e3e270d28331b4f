export { ClientNetworks } from "./client-networks.ts";
export {
  DEFAULT_LIMITS,
  type EdgeConfig,
  type EdgeLimits,
  type EdgeNodeConfig,
  type EdgeRegionConfig,
} from "./config.ts";
export { type Edge, type EdgeOptions, startEdge } from "./edge.ts";
export type { EdgeLog } from "./edge-log.ts";
export { type Balancer, type BalancerOptions, startBalancer } from "./haproxy/balancer.ts";
export { haproxyConfig } from "./haproxy/haproxy-config.ts";
export {
  type HaproxyEdgeConfig,
  type HaproxyPage,
  type HaproxySettings,
  runtimeSocketOf,
} from "./haproxy/haproxy-settings.ts";
export { type PageServer, startPageServer } from "./haproxy/page-server.ts";
export type { PlanReport } from "./node-board.ts";
export {
  type NodeState,
  orderOf,
  type PlanClient,
  type PlanInput,
  type PlanNode,
  type PlannedNode,
  type PlanRegion,
  planTraffic,
  type TrafficPlan,
} from "./traffic-plan.ts";
