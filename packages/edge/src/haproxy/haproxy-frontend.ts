import { BULK_PATH, type EdgeLimits } from "../config.ts";
import { LANDING } from "../landing.ts";
import { API_ROOTS } from "../page-files.ts";
import { SEND_ON_STATUS } from "../send-on.ts";
import { lostRule, quoted, refuseRule, textRules } from "./haproxy-refusals.ts";
import { HAPROXY_DEFAULTS, type HaproxyEdgeConfig } from "./haproxy-settings.ts";

/** Bodies up to here, with their headers, fit into HAProxy's buffer and can be sent again. */
export const REPEATED_BODY_BYTES_MAX = 64 * 1024;

/** Names of the backends that serve a client region; they differ in the nodes' weights. */
export const requestsBackend = (region: string): string => `requests-${region}`;
export const tunnelsBackend = (region: string): string => `tunnels-${region}`;
/** Every node, without a look at its health. */
export const PANIC_BACKEND = "panic";
/** The balancers, which serve the page for browsers. */
export const PAGE_BACKEND = "page";

/** The side that faces clients. */
export function frontendSection(config: HaproxyEdgeConfig, limits: EdgeLimits): string[] {
  const { haproxy, listen } = config;
  const { host, port } = listen;
  const tls =
    haproxy.certificateFile === undefined
      ? " proto h1"
      : ` ssl crt ${haproxy.certificateFile} ssl-min-ver TLSv1.2 alpn http/1.1`;
  return [
    "frontend clients from general",
    `bind ${host}:${port}${tls} backlog 1024`,
    `maxconn ${limits.connectionsMax}`,
    ...addressLimits(config),
    ...requestFacts(config),
    ...refusals(limits),
    ...outsideHeaders(),
    ...answers(),
    ...destinations(config),
  ];
}

/** Who holds too many connections hears it; who goes on all the same is cut off unheard. */
function addressLimits({ haproxy }: HaproxyEdgeConfig): string[] {
  const { connectionsPerAddressMax: open, connectsPerAddressMax: opened } = {
    ...HAPROXY_DEFAULTS,
    ...haproxy,
  };
  return [
    "stick-table type ipv6 size 200k expire 60s store conn_cur,conn_rate(10s)",
    "tcp-request connection track-sc0 src",
    `tcp-request connection reject if { sc0_conn_cur gt ${open * 2} } or { sc0_conn_rate gt ${opened * 2} }`,
    refuseRule("tooMany", `{ sc0_conn_cur gt ${open} } or { sc0_conn_rate gt ${opened} }`),
  ];
}

/** What the later rules and the log want to know; the id is a UUIDv7 (RFC 9562). */
function requestFacts(edge: HaproxyEdgeConfig): string[] {
  const names = edge.regions.map(({ name }) => name).join(" ");
  return [
    "acl reads method GET HEAD",
    "acl is_admin path_beg /admin/",
    "acl is_tunnel_path path_reg ^/(ws|stream|ws-api/v3)(/.*)?$",
    "acl is_tunnel req.hdr(upgrade) -i websocket",
    ...pageFacts(edge),
    "http-request set-var(txn.ms) date(0,ms)",
    "http-request set-var(txn.random) uuid",
    'http-request set-var-fmt(txn.id) "%[var(txn.ms),div(65536),htonl,hex,lower]-%[var(txn.ms),mod(65536),htonl,bytes(2,2),hex,lower]-7%[var(txn.random),bytes(15,21)]"',
    // A stream's path holds a listen key, which is not for logs.
    "http-request set-var(txn.route) path unless is_tunnel_path",
    "http-request set-var(txn.route) str(/ws) if is_tunnel_path",
    "http-request set-var(txn.problem) str(application/problem+json) if is_admin",
    "http-request set-var(txn.reads) bool(true) if reads",
    ...textRules(),
    `http-request set-var(txn.region) req.hdr(halcyon-region) if { req.hdr(halcyon-region) -m str ${names} }`,
    ...networkRules(edge.regions),
  ];
}

/** What `page-files.ts` takes for the page's. */
function pageFacts({ page }: HaproxyEdgeConfig): string[] {
  if (page === undefined) return ["acl is_page always_false"];
  return [
    `acl is_api_path path_reg ^/(${API_ROOTS.join("|")})(/.*)?$`,
    "acl is_asset path_beg /assets/",
    "acl wants_document req.hdr(accept) -m sub text/html",
    "http-request set-var(txn.page) bool(true) if reads is_asset or reads wants_document !is_api_path",
    "acl is_page var(txn.page) -m bool",
  ];
}

/** The most specific network decides, as in the plan. */
function networkRules(regions: HaproxyEdgeConfig["regions"]): string[] {
  const networks = regions.flatMap(({ name, networks }) =>
    (networks ?? []).map((network) => ({
      name,
      network,
      bits: Number(network.split("/")[1] ?? 128),
    })),
  );
  networks.sort((a, b) => b.bits - a.bits);
  return networks.map(
    ({ name, network }) =>
      `http-request set-var(txn.region) str(${name}) if !{ var(txn.region) -m found } { src ${network} }`,
  );
}

function refusals(limits: EdgeLimits): string[] {
  const { bodyBytesMax, bulkBodyBytesMax, headerBytesMax } = limits;
  const landing = `content-type "application/json;charset=UTF-8" string ${quoted(LANDING)}`;
  return [
    refuseRule("malformed", "{ method CONNECT }"),
    refuseRule("headersTooLarge", `{ url,length gt ${headerBytesMax} }`),
    refuseRule("headersTooLarge", `{ req.hdrs,length gt ${headerBytesMax} }`),
    refuseRule("bodyTooLarge", `{ req.body_size gt ${bulkBodyBytesMax} }`),
    refuseRule("bodyTooLarge", `{ req.body_size gt ${bodyBytesMax} } !{ path ${BULK_PATH} }`),
    `http-request return status 200 ${landing} if { path / } !is_page`,
  ];
}

/** Nobody outside says to a node what only the edge may say; what a client may ask for stays. */
function outsideHeaders(): string[] {
  return [
    "http-request set-var(txn.position) req.hdr(halcyon-position) if { req.hdr(halcyon-position) -m reg ^[0-9]{1,15}$ }",
    "http-request del-header halcyon- -m beg",
    "http-request del-header x-forwarded- -m beg",
    ...["forwarded", "via", "x-real-ip"].map((name) => `http-request del-header ${name}`),
    "http-request del-header upgrade if !is_tunnel_path or !is_tunnel",
    "http-request set-header Halcyon-Position %[var(txn.position)] if { var(txn.position) -m found }",
    "http-request set-header Halcyon-Region %[var(txn.region)] if { var(txn.region) -m found }",
    "http-request set-header X-Forwarded-For %[src]",
    "http-request set-header Halcyon-Request-Id %[var(txn.id)]",
    // Each attempt is the same bytes, so none can be told from the one before it.
    "http-request set-header Halcyon-Attempt uncounted",
  ];
}

function answers(): string[] {
  return [
    'http-response set-var-fmt(txn.retries) "%rc"',
    // A refusal of the last node says nothing about what one before it did.
    lostRule(
      `!{ var(txn.reads) -m bool } !{ var(txn.retries) -m str 0 } { status 418 ${SEND_ON_STATUS} 429 503 }`,
    ),
    `http-response set-status 503 if { status ${SEND_ON_STATUS} }`,
    "http-response del-header halcyon-not-executed",
    "http-response del-header halcyon-outcome-unknown",
    "http-after-response set-status 503 if { status 502 504 }",
    "http-after-response set-header Retry-After 1 if { status 503 } !{ res.hdr(retry-after) -m found }",
    "http-after-response set-header Content-Type %[var(txn.problem)] if { status 503 } { var(txn.problem) -m found }",
    "http-after-response set-header Halcyon-Request-Id %[var(txn.id)] if { var(txn.id) -m found }",
  ];
}

/** The client's region chooses the weights; when no node looks alive, no verdict is trusted. */
function destinations(edge: HaproxyEdgeConfig): string[] {
  const home = edge.region;
  const others = edge.regions.filter(({ name }) => name !== home);
  const panic = (backend: string) => `{ nbsrv(${backend}) eq 0 }`;
  const tunnel = "is_tunnel is_tunnel_path";
  return [
    ...(edge.page === undefined ? [] : [`use_backend ${PAGE_BACKEND} if is_page`]),
    `use_backend ${PANIC_BACKEND} if ${panic(requestsBackend(home))}`,
    ...others.map(
      ({ name }) =>
        `use_backend ${tunnelsBackend(name)} if ${tunnel} { var(txn.region) -m str ${name} }`,
    ),
    `use_backend ${tunnelsBackend(home)} if ${tunnel}`,
    ...others.map(
      ({ name }) => `use_backend ${requestsBackend(name)} if { var(txn.region) -m str ${name} }`,
    ),
    `default_backend ${requestsBackend(home)}`,
  ];
}
