import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** Few and fixed, so that no client can make labels. */
export type RouteClass =
  | "order"
  | "account"
  | "market"
  | "wallet"
  | "admin"
  | "tunnel"
  | "landing"
  | "page"
  | "other";

export interface EdgeGauges {
  readonly nodesByState: () => ReadonlyMap<string, number>;
  readonly inFlight: () => number;
  readonly tunnels: () => number;
  readonly connections: () => number;
  readonly unreadBytes: () => number;
}

export interface EdgeMetrics {
  readonly requests: Counter<"route" | "status">;
  readonly retries: Counter<"reason">;
  readonly shed: Counter<"reason">;
  readonly seconds: Histogram<"route">;
}

const BUCKETS_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

export function createEdgeMetrics(
  // The content type does not matter here; prom-client types it into the registry.
  registry: Pick<Registry, "registerMetric">,
  gauges: EdgeGauges,
): EdgeMetrics {
  // Registered below: prom-client would otherwise put them into its global registry too.
  const registers: never[] = [];
  const metrics = {
    requests: new Counter({
      name: "halcyon_edge_requests_total",
      help: "Requests answered, by class of route and HTTP status.",
      labelNames: ["route", "status"] as const,
      registers,
    }),
    retries: new Counter({
      name: "halcyon_edge_retries_total",
      help: "Attempts that a node did not answer: unsent, unknown, or declined by the node.",
      labelNames: ["reason"] as const,
      registers,
    }),
    shed: new Counter({
      name: "halcyon_edge_shed_total",
      help: "Requests and connections the edge refused to protect itself.",
      labelNames: ["reason"] as const,
      registers,
    }),
    seconds: new Histogram({
      name: "halcyon_edge_request_seconds",
      help: "From the whole request received to the answer handed to the socket.",
      labelNames: ["route"] as const,
      buckets: BUCKETS_SECONDS,
      registers,
    }),
  };
  registry.registerMetric(metrics.requests);
  registry.registerMetric(metrics.retries);
  registry.registerMetric(metrics.shed);
  registry.registerMetric(metrics.seconds);
  const gauge = (name: string, help: string, read: () => number) =>
    registry.registerMetric(
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      }),
    );
  gauge("halcyon_edge_in_flight", "Requests waiting for a node.", gauges.inFlight);
  gauge("halcyon_edge_tunnels", "Open WebSocket tunnels.", gauges.tunnels);
  gauge("halcyon_edge_connections", "Open client connections.", gauges.connections);
  gauge("halcyon_edge_unread_bytes", "Answer bytes clients have not read.", gauges.unreadBytes);
  registry.registerMetric(
    new Gauge({
      name: "halcyon_edge_nodes",
      help: "Nodes by what the edge believes about them.",
      labelNames: ["state"],
      registers,
      collect() {
        for (const [state, count] of gauges.nodesByState()) this.set({ state }, count);
      },
    }),
  );
  return metrics;
}

const ORDER_PATH = /^\/api\/v3\/(order|orderList|openOrders|sor)\b/;
const ACCOUNT_PATH =
  /^\/api\/v3\/(account|allOrders|allOrderList|myTrades|openOrders|userDataStream|rateLimit)\b/;
const TUNNEL_PATH = /^\/(ws|stream|ws-api\/v3)(\/.*)?$/;

export function routeClassOf(method: string, path: string): RouteClass {
  if (path.startsWith("/api/")) {
    if (method !== "GET" && ORDER_PATH.test(path)) return "order";
    return ACCOUNT_PATH.test(path) || ORDER_PATH.test(path) ? "account" : "market";
  }
  if (path.startsWith("/sapi/")) return "wallet";
  if (path.startsWith("/admin/")) return "admin";
  if (isTunnelPath(path)) return "tunnel";
  return path === "/" ? "landing" : "other";
}

/** Where nodes speak WebSocket; `path` without its query. */
export function isTunnelPath(path: string): boolean {
  return TUNNEL_PATH.test(path);
}
