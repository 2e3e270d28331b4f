import type { Replica } from "@halcyon/replica";
import { type Apis, loadApis } from "./admin/load-apis.ts";
import type { AdminContext } from "./admin/route.ts";
import { Authenticator } from "./auth/authenticator.ts";
import { ListenKeys } from "./auth/listen-keys.ts";
import { Seal } from "./auth/seal.ts";
import { SessionCookies } from "./auth/session-cookie.ts";
import { SessionTokens } from "./auth/session-token.ts";
import type { GatewayConfig } from "./config.ts";
import { MarketGrids } from "./dialect/market-grid.ts";
import type { GatewayContext, GatewayLogger } from "./dialect/method.ts";
import { methods } from "./dialect/methods/methods.ts";
import { Router } from "./dialect/router.ts";
import { Limits } from "./limits/limits.ts";
import type { NodeControl, Peer } from "./nodes/node-control.ts";
import { TrafficMeter } from "./nodes/traffic-meter.ts";
import { ApiHandler } from "./rest/api-handler.ts";
import { DialectHandler, type RequestObserver } from "./rest/dialect-handler.ts";
import {
  closeServer,
  createHttpServer,
  defaultHttpLimits,
  type HttpLimits,
  listen,
} from "./rest/http-server.ts";
import { OriginReader } from "./rest/origin.ts";
import { StandstillWatch } from "./rest/standstill-watch.ts";
import type { Views } from "./views/views.ts";
import { createWebSockets, type WebSocketCounts } from "./websocket/web-sockets.ts";
import type { WebSocketLimits } from "./websocket/websocket-limits.ts";

export type GatewayOptions = {
  readonly replica: Replica;
  /** Already among the replica's projections. */
  readonly views: Views;
  /** 32 bytes that all nodes of a venue share and that the log never sees. */
  readonly masterKey: Uint8Array;
  readonly region: string;
  readonly version: string;
  readonly config: GatewayConfig;
  readonly logger: GatewayLogger;
  readonly webSocketLimits?: Partial<WebSocketLimits>;
  readonly httpLimits?: Partial<HttpLimits>;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** How busy this process's thread is, 0 to 1; never, when absent. */
  readonly load?: () => number;
  /** Told of every answered request, for the metrics. */
  readonly observe?: RequestObserver;
  /** What the process knows of itself; without it: what the replica does. */
  readonly control?: NodeControl;
  /** All nodes of the venue, this one too. */
  readonly peers?: readonly Peer[];
};

/** What clients speak with. */
export type Gateway = {
  /** Takes requests from here on; resolves with the port. Only for a node that has caught up. */
  listen(): Promise<number>;
  /** Warns and closes WebSockets, and takes no new ones; requests are still answered. */
  drain(): void;
  undrain(): void;
  /** Lets requests under way finish until the deadline, then ends everything. */
  close(deadlineMs: number): Promise<void>;
  counts(): WebSocketCounts;
};

/** A thread that is as busy as this has requests waiting for it. */
const busyFrom = 0.8;
/** How long a node that has just begun to listen does nothing but answer. */
const apisAfterMs = 2_000;

export function createGateway(options: GatewayOptions): Gateway {
  const context = createContext(options);
  const { config } = options;
  const traffic = new TrafficMeter(() => performance.now());
  const observe: RequestObserver = (method, status, durationMs) => {
    traffic.record(durationMs);
    options.observe?.(method, status, durationMs);
  };
  const router = new Router(methods);
  const origins = new OriginReader(config.trustedProxies);
  const webSockets = createWebSockets({
    gateway: context,
    router,
    origins,
    observe,
    limits: options.webSocketLimits ?? {},
  });
  const standstills = new StandstillWatch(() => context.replica.position);
  const isWell = () => context.replica.health().ok && !standstills.hasStood;
  const busyness = options.load ?? (() => 0);
  const dialect = new DialectHandler({
    gateway: context,
    router,
    origins,
    observe,
    isWell,
    isBusy: () => busyness() >= busyFrom,
  });
  let loading: Promise<Apis> | null = null;
  const load = () => {
    loading ??= loadOwnApis(options, context, {
      control: options.control ?? plainControl(context.replica, webSockets),
      traffic: () => traffic.read(),
      peers: options.peers ?? [],
    });
    return loading;
  };
  const mounted = { gateway: context, origins, observe, isWell };
  const apis = [
    new ApiHandler({
      ...mounted,
      name: "admin",
      path: "/admin/v1",
      load: async () => (await load()).admin,
    }),
    new ApiHandler({
      ...mounted,
      name: "people",
      path: "/people/v1",
      load: async () => (await load()).people,
    }),
  ];
  const server = createHttpServer(
    {
      ...defaultHttpLimits,
      connectionsMax: config.limits.connectionsMax,
      ...options.httpLimits,
    },
    (request, response) => {
      const api = apis.find((each) => each.serves(request.url ?? ""));
      (api ?? dialect).handle(request, response);
    },
    (request, socket, head) => webSockets.handleUpgrade(request, socket, head),
  );
  return {
    listen: async () => {
      const port = await listen(server, config.host, config.port);
      // Once edges have found the node, and not in front of the first request that needs it.
      setTimeout(() => void load(), apisAfterMs).unref();
      return port;
    },
    drain: () => webSockets.drain(),
    undrain: () => webSockets.undrain(),
    counts: () => webSockets.counts(),
    close: (deadlineMs) => {
      webSockets.close();
      standstills.stop();
      return closeServer(server, deadlineMs);
    },
  };
}

function loadOwnApis(
  options: GatewayOptions,
  context: GatewayContext,
  node: AdminContext["node"],
): Promise<Apis> {
  const { region, version, masterKey } = options;
  const { replica, views, seal, logger, now } = context;
  return loadApis({ replica, region, version, masterKey, seal, views, logger, now, node });
}

/** Of a node that is nothing but a gateway over a replica. */
function plainControl(
  replica: Replica,
  webSockets: { drain(): void; undrain(): void },
): NodeControl {
  const startedAtMs = Date.now();
  let isDraining = false;
  return {
    status: () => {
      const { ok, status, reasons } = replica.health();
      const state = ok && isDraining ? "draining" : status;
      const unknown = { load: 0, lagMs: 0, stateHash: "", commandsApplied: 0 };
      return { ...unknown, state, reasons, startedAtMs, peersAgreeing: 0, peersDisagreeing: 0 };
    },
    drain: () => {
      isDraining = true;
      webSockets.drain();
    },
    undrain: () => {
      isDraining = false;
      webSockets.undrain();
    },
  };
}

/** What requests are answered with, whatever carries them. */
export function createContext(options: GatewayOptions): GatewayContext {
  const { replica, views, masterKey, config, logger } = options;
  const now = options.now ?? Date.now;
  const venue = () => replica.venue;
  const seal = new Seal(masterKey, "api key secrets");
  const limits = new Limits(config.limits, (account) => {
    const counts = views.orderCounts.of(account, replica.venue.logTimeMs);
    return { per10Seconds: counts.tenSeconds, perDay: counts.day };
  });
  return {
    replica,
    views,
    now,
    grids: new MarketGrids(venue),
    limits,
    authenticator: new Authenticator(venue, seal),
    sessions: new SessionCookies(new SessionTokens(masterKey), () => replica.venue.logTimeMs),
    listenKeys: new ListenKeys(new Seal(masterKey, "listen keys"), venue, now),
    seal,
    config,
    logger,
  };
}
