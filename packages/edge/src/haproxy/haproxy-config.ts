import { type EdgeConfig, type EdgeLimits, type EdgeNodeConfig, resolveLimits } from "../config.ts";
import { SEND_ON_STATUS } from "../send-on.ts";
import {
  frontendSection,
  PAGE_BACKEND,
  PANIC_BACKEND,
  REPEATED_BODY_BYTES_MAX,
  requestsBackend,
  tunnelsBackend,
} from "./haproxy-frontend.ts";
import { busyRule, errorReplies } from "./haproxy-refusals.ts";
import {
  checkHaproxyConfig,
  HAPROXY_DEFAULTS,
  type HaproxyEdgeConfig,
  runtimeSocketOf,
} from "./haproxy-settings.ts";

/** HAProxy's range; a node of another region keeps 1, so that a repetition can always reach it. */
export const HAPROXY_WEIGHT_MAX = 256;
export const HAPROXY_WEIGHT_MIN = 1;

/** A request that may be sent again is tried at most this often. */
const ATTEMPTS_MAX = 6;
/** Requests that are with nodes or wait for one. What comes beyond is told to come again later. */
export const ORDERS_WAITING_MAX = 512;
/** In HAProxy's order of waiting requests, where the least goes first and 0 is what others have. */
const CANCEL_PRIORITY = -1;
const CANCELS_RULE = "acl cancels method DELETE";
/** Who gets nowhere is told so within a second, whatever is tried. */
const PANIC_CONNECT_TIMEOUT_MS = 150;
const CHECK_INTERVAL_MS = 200;
/** Of nodes in other regions, which get what their own edges leave over: each check costs a node a connection. */
const REMOTE_CHECK_INTERVAL_MS = 500;
const CHECK_FAST_INTERVAL_MS = 100;
const CHECK_TIMEOUT_MS = 300;
/** Room for what HAProxy adds to a head. */
const REWRITE_BYTES = 4 * 1024;
const CLOSE_GRACE_MS = 2_000;
/** Files and connections beside those of clients: checks, the runtime socket, listeners. */
const CONNECTIONS_SPARE = 200;

/**
 * The text of haproxy.cfg for an edge: what the built-in edge does, in HAProxy's language. Throws on
 * a name, address or path that would mean something else there.
 */
export function haproxyConfig(edge: HaproxyEdgeConfig): string {
  checkHaproxyConfig(edge);
  const limits = resolveLimits(edge);
  const home = edge.regions.find(({ name }) => name === edge.region)!;
  // The checks are the home region's; the others follow them.
  const regions = [home, ...edge.regions.filter((region) => region !== home)];
  const sections = [
    globalSection(edge, limits),
    defaultsSection(edge, limits),
    frontendSection(edge, limits),
    nodeDefaultsSection(),
    ...regions.map(({ name }) => requestsSection(edge, name, limits)),
    ...regions.map(({ name }) => tunnelsSection(edge, name, limits)),
    panicSection(edge),
    ...pageSections(edge),
  ];
  return `${sections.map(([head, ...lines]) => [head, ...lines.map((line) => `  ${line}`)].join("\n")).join("\n\n")}\n`;
}

function globalSection(edge: HaproxyEdgeConfig, limits: EdgeLimits): string[] {
  const { haproxy } = edge;
  const { threads } = { ...HAPROXY_DEFAULTS, ...haproxy };
  const target = haproxy.logTarget === "stdout" ? "stdout format raw" : haproxy.logTarget;
  return [
    "global",
    `log ${target} local0 info`,
    `log-tag ${edge.name}`,
    `stats socket ${runtimeSocketOf(haproxy)} mode 600 level admin`,
    `nbthread ${threads}`,
    `maxconn ${limits.connectionsMax + CONNECTIONS_SPARE}`,
    // Where the system grants fewer files than that, it says so and serves fewer rather than none.
    "no strict-limits",
    `tune.bufsize ${REPEATED_BODY_BYTES_MAX + limits.headerBytesMax + REWRITE_BYTES}`,
    `tune.maxrewrite ${REWRITE_BYTES}`,
    "tune.ssl.default-dh-param 2048",
    // Checks of several edges do not fall on the same moment.
    "spread-checks 5",
  ];
}

function defaultsSection(edge: HaproxyEdgeConfig, limits: EdgeLimits): string[] {
  const { haproxy } = edge;
  const { accessLog } = { ...HAPROXY_DEFAULTS, ...haproxy };
  return [
    "defaults general",
    "mode http",
    "log global",
    `log-format ${logFormat(edge)}`,
    ...(accessLog === "failures" ? ["option dontlog-normal"] : []),
    `timeout client ${limits.stalledTimeoutMs}ms`,
    `timeout http-request ${limits.headersTimeoutMs}ms`,
    `timeout http-keep-alive ${limits.keepAliveTimeoutMs}ms`,
    `timeout connect ${limits.connectTimeoutMs}ms`,
    `timeout queue ${limits.attemptTimeoutMs}ms`,
    `timeout server ${limits.attemptTimeoutMs}ms`,
    `timeout tunnel ${limits.tunnelIdleMs}ms`,
    `timeout client-fin ${CLOSE_GRACE_MS}ms`,
    `timeout check ${CHECK_TIMEOUT_MS}ms`,
    // A node gets a request once it is here whole, and only then can it be sent again.
    "option http-buffer-request",
    // A connection kept for later ends without a word: a client would take one for its next answer.
    "option http-ignore-probes",
    ...errorReplies(),
  ];
}

/**
 * Of everything that sends to nodes. One that drains answers the check with 404: nothing new then,
 * and nothing cut off.
 */
function nodeDefaultsSection(): string[] {
  return [
    "defaults nodes from general",
    "option redispatch 1",
    `retries ${ATTEMPTS_MAX - 1}`,
    `retry-on conn-failure empty-response junk-response response-timeout 0rtt-rejected ${SEND_ON_STATUS}`,
    "http-reuse always",
    "option httpchk",
    "http-check disable-on-404",
    "http-check send meth GET uri /readyz?draining=404 ver HTTP/1.1 hdr Host node",
    "http-check expect status 200",
  ];
}

/** Paths without their query, and nothing of headers or bodies: they hold signatures and keys. */
function logFormat({ name, region }: EdgeConfig): string {
  const fields = [
    `"level":"info"`,
    `"process":"${name}"`,
    `"region":"${region}"`,
    `"timeMs":%Ts%ms`,
    `"requestId":"%[var(txn.id)]"`,
    `"client":"%ci"`,
    `"method":"%HM"`,
    `"route":"%[var(txn.route),json(utf8s)]"`,
    `"status":%ST`,
    `"node":"%s"`,
    `"backend":"%b"`,
    `"retries":"%rc"`,
    `"durationMs":%Ta`,
    `"ended":"%ts"`,
    `"msg":"request"`,
  ];
  return `'{${fields.join(",")}}'`;
}

function requestsSection(edge: HaproxyEdgeConfig, region: string, limits: EdgeLimits): string[] {
  const { requestsPerNodeMax } = { ...HAPROXY_DEFAULTS, ...edge.haproxy };
  return [
    `backend ${requestsBackend(region)} from nodes`,
    CANCELS_RULE,
    // The less busy of two drawn by weight: a slow node gets less at once, by itself.
    "balance random",
    busyRule(`{ be_conn gt ${limits.inFlightMax} }`),
    busyRule(`{ be_conn gt ${ORDERS_WAITING_MAX} } !cancels`),
    `http-request set-priority-class int(${CANCEL_PRIORITY}) if cancels`,
    ...serverLines(edge, region, ` maxconn ${requestsPerNodeMax}`),
  ];
}

function tunnelsSection(edge: EdgeConfig, region: string, limits: EdgeLimits): string[] {
  return [
    `backend ${tunnelsBackend(region)} from nodes`,
    "balance random",
    // Not for requests: from the second attempt on it would stand in for the time to answer.
    `timeout server-fin ${CLOSE_GRACE_MS}ms`,
    busyRule(`{ be_conn gt ${limits.tunnelsMax} }`),
    // Not for requests: there it would break off what can still be sent to another node.
    ...serverLines(edge, region, " on-marked-down shutdown-sessions", "tracks"),
  ];
}

function serverLines(
  edge: EdgeConfig,
  region: string,
  options: string,
  follows: "checks" | "tracks" = region === edge.region ? "checks" : "tracks",
): string[] {
  return edge.regions.flatMap(({ name, nodes }) =>
    nodes.map((node) => {
      const weight = name === region ? HAPROXY_WEIGHT_MAX : HAPROXY_WEIGHT_MIN;
      const intervalMs = name === edge.region ? CHECK_INTERVAL_MS : REMOTE_CHECK_INTERVAL_MS;
      const health =
        follows === "checks"
          ? checkOptions(node, intervalMs)
          : `track ${requestsBackend(edge.region)}/${node.name}`;
      return `server ${node.name} ${addressOf(node)} weight ${weight} ${health}${options}`;
    }),
  );
}

function checkOptions({ healthHost, healthPort }: EdgeNodeConfig, intervalMs: number): string {
  return [
    `check addr ${healthHost} port ${healthPort}`,
    `inter ${intervalMs}ms fastinter ${CHECK_FAST_INTERVAL_MS}ms downinter ${intervalMs}ms`,
    "fall 2 rise 1",
    // A refused connection puts a node out at once. Answers are no reason: a 503 is an answer.
    "observe layer4 error-limit 1 on-error mark-down",
  ].join(" ");
}

function panicSection(edge: EdgeConfig): string[] {
  const servers = edge.regions.flatMap(({ name, nodes }) =>
    nodes.map((node) => {
      // A zone that is cut off is refused at once by its own nodes, and waits for those of others.
      const weight = name === edge.region ? HAPROXY_WEIGHT_MAX : HAPROXY_WEIGHT_MIN;
      return `server ${node.name} ${addressOf(node)} weight ${weight}`;
    }),
  );
  return [
    `backend ${PANIC_BACKEND} from nodes`,
    "balance random",
    `timeout connect ${PANIC_CONNECT_TIMEOUT_MS}ms`,
    "http-request set-header Halcyon-Panic 1",
    ...servers,
  ];
}

/** Its own zone's balancer, and while that is gone those of others. */
function pageSections({ page }: HaproxyEdgeConfig): string[][] {
  if (page === undefined) return [];
  const check = `check inter ${CHECK_INTERVAL_MS * 5}ms fall 2 rise 1`;
  return [
    [
      `backend ${PAGE_BACKEND} from general`,
      "option redispatch 1",
      "option allbackups",
      `retries ${ATTEMPTS_MAX - 1}`,
      "retry-on conn-failure empty-response response-timeout",
      `server own ${addressOf(page.listen)} ${check}`,
      ...page.others.map(
        (other, index) => `server other-${index + 1} ${addressOf(other)} ${check} backup`,
      ),
    ],
  ];
}

function addressOf({ host, port }: Pick<EdgeNodeConfig, "host" | "port">): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
