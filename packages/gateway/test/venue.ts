import { createHmac, randomBytes } from "node:crypto";
import {
  type CreateKey,
  encodeCreateAccount,
  encodeCreateAsset,
  encodeCreateKey,
  encodeCreateMarket,
  encodeDeposit,
  encodeSetRulesVersion,
  type KeyKind,
  keyKind,
  type MarketParameters,
  readEvents,
  rulesVersionMax,
  type VenueEvent,
} from "@halcyon/core";
import { type CommandLog, openLog } from "@halcyon/log";
import {
  type Encode,
  type LaneLimits,
  LogReplica,
  laneLimitsDefault,
  type ReplicaLimits,
} from "@halcyon/replica";
import { administratorKeyOf, administratorTokenOf } from "../src/admin/credentials.ts";
import { Seal } from "../src/auth/seal.ts";
import { defaultLimits, type GatewayConfig, type LimitsConfig } from "../src/config.ts";
import { createGateway, type Gateway } from "../src/gateway.ts";
import type { HttpLimits } from "../src/rest/http-server.ts";
import { Views } from "../src/views/views.ts";
import type { WebSocketLimits } from "../src/websocket/websocket-limits.ts";

/** A whole venue in this process: a log in memory, and nodes on ports of 127.0.0.1. */
export type TestVenue = {
  readonly log: CommandLog;
  readonly node: TestNode;
  /** Another node over the same log; ended with the venue. */
  addNode(options?: TestNodeOptions): Promise<TestNode>;
  close(): Promise<void>;
};

export type TestNodeOptions = {
  readonly limits?: Partial<LimitsConfig>;
  readonly webSocketLimits?: Partial<WebSocketLimits>;
  readonly httpLimits?: Partial<HttpLimits>;
  readonly replicaLimits?: Partial<ReplicaLimits>;
  readonly trustedProxies?: readonly string[];
  readonly highValueNotional?: number;
  readonly now?: () => number;
};

export type TestNode = {
  readonly name: string;
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly replica: LogReplica;
  readonly gateway: Gateway;
  readonly views: Views;
  /** What was logged, as JSON lines. */
  readonly logged: string[];
  /** Runs a command; throws on a refusal. */
  apply(encode: Encode): Promise<readonly VenueEvent[]>;
  close(): Promise<void>;
};

export type TestKey = { readonly apiKey: string; readonly secret: string };
export type Trader = TestKey & { readonly account: number };

export const masterKey: Uint8Array = new Uint8Array(32).fill(7);
export const adminToken: string = administratorTokenOf(new Uint8Array(32).fill(1));
const seal = new Seal(masterKey, "api key secrets");
export const allPermissions = 7;

/**
 * Starts a venue with the assets BTC (8 decimals), ETH (12) and USDT (8), the markets BTCUSDT (tick
 * 0.01, lot 0.00001, at least 5 USDT) and ETHUSDT (tick 0.01, lot 0.0001), fees of 0.1 %, and an
 * administrator with `adminToken`.
 */
export async function startVenue(options: TestNodeOptions = {}): Promise<TestVenue> {
  const log = await openLog({ kind: "memory" });
  const nodes: TestNode[] = [];
  const addNode = async (own: TestNodeOptions = options): Promise<TestNode> => {
    const node = await startNode(log, nodes.length + 1, own);
    nodes.push(node);
    return node;
  };
  const node = await addNode();
  await furnish(node);
  return {
    log,
    node,
    addNode,
    close: async () => {
      for (const each of nodes) await each.close();
      await log.close();
    },
  };
}

/** On a busy machine a test's command may wait longer than a client's would be let. */
const patientLanes = Object.fromEntries(
  Object.entries(laneLimitsDefault).map(([lane, limit]) => [lane, { ...limit, ageMsMax: 30_000 }]),
) as LaneLimits;

async function startNode(
  log: CommandLog,
  nodeId: number,
  options: TestNodeOptions,
): Promise<TestNode> {
  const name = `node-${nodeId}`;
  const logged: string[] = [];
  const write = (level: string) => (fields: object, message: string) => {
    logged.push(JSON.stringify({ level, message, ...fields }, plainErrors));
  };
  const views = new Views();
  const caughtUp = Promise.withResolvers<void>();
  const replica = new LogReplica({
    nodeName: name,
    nodeId,
    log,
    snapshots: null,
    limits: { lanes: patientLanes, outcomeTimeoutMs: 30_000, ...options.replicaLimits },
    listener: {
      onCaughtUp: () => caughtUp.resolve(),
      onFailure: (error) => caughtUp.reject(error as Error),
    },
  });
  for (const projection of views.projections) replica.addProjection(projection);
  await replica.start();
  await caughtUp.promise;
  views.live = true;
  const gateway = createGateway({
    replica,
    views,
    masterKey,
    region: "london",
    version: "0.1.0",
    config: configOf(options),
    logger: { info: write("info"), warn: write("warn"), error: write("error") },
    webSocketLimits: options.webSocketLimits ?? {},
    httpLimits: options.httpLimits ?? {},
    ...(options.now === undefined ? {} : { now: options.now }),
  });
  const port = await gateway.listen();
  let closed = false;
  return {
    name,
    port,
    url: `http://127.0.0.1:${port}`,
    replica,
    gateway,
    views,
    logged,
    apply: (encode) => apply(replica, encode),
    close: async () => {
      if (closed) return;
      closed = true;
      await gateway.close(1_000);
      await replica.stop();
    },
  };
}

function plainErrors(_name: string, value: unknown): unknown {
  if (value instanceof Error) return { message: value.message, stack: value.stack };
  return typeof value === "bigint" ? value.toString() : value;
}

function configOf(options: TestNodeOptions): GatewayConfig {
  return {
    host: "127.0.0.1",
    port: 0,
    trustedProxies: options.trustedProxies ?? ["127.0.0.1"],
    limits: { ...defaultLimits, ...options.limits },
    highValueNotional: options.highValueNotional ?? 0,
    network: "HALCYON",
  };
}

async function apply(replica: LogReplica, encode: Encode): Promise<readonly VenueEvent[]> {
  const outcome = await replica.submit("normal", encode);
  if (outcome.kind !== "applied") throw new Error(`the command was not applied: ${outcome.kind}`);
  const events = readEvents(outcome.events, 0, outcome.events.length);
  const refused = events.find((event) => event.type === "refused");
  if (refused !== undefined) throw new Error(`the command was refused: ${JSON.stringify(refused)}`);
  return events;
}

async function furnish(node: TestNode): Promise<void> {
  const administrator = { kind: keyKind.administrator, permissions: 0, label: "admin" } as const;
  await node.apply((w) =>
    encodeCreateKey(
      w,
      {},
      {
        account: 0,
        ...administrator,
        ...administratorKeyOf(adminToken),
        allowedAddresses: "",
      },
    ),
  );
  for (const [code, decimals] of [
    ["BTC", 8],
    ["ETH", 12],
    ["USDT", 8],
  ] as const) {
    await node.apply((w) => encodeCreateAsset(w, {}, { code, decimals }));
  }
  await node.apply((w) => encodeCreateMarket(w, {}, btcUsdt));
  await node.apply((w) => encodeCreateMarket(w, {}, ethUsdt));
  await node.apply((w) => encodeSetRulesVersion(w, {}, { version: rulesVersionMax }));
}

const common = {
  quoteAsset: 2,
  tickUnits: 1_000_000n,
  priceTicksMin: 1,
  priceTicksMax: 100_000_000,
  notionalMin: 500_000_000n,
  makerFeePpm: 1_000,
  takerFeePpm: 1_000,
  openOrdersMax: 200,
} as const;
export const btcUsdt: MarketParameters = {
  ...common,
  symbol: "BTCUSDT",
  baseAsset: 0,
  lotUnits: 1_000n,
  quantityLotsMin: 1,
  quantityLotsMax: 90_000_000,
  marketQuantityLotsMax: 1_000_000,
};
export const ethUsdt: MarketParameters = {
  ...common,
  symbol: "ETHUSDT",
  baseAsset: 1,
  lotUnits: 100_000_000n,
  quantityLotsMin: 1,
  quantityLotsMax: 90_000_000,
  marketQuantityLotsMax: 1_000_000,
};

/** Opens an account with an HMAC key and with balances in whole units, by asset code. */
export async function openTrader(
  node: TestNode,
  balances: Readonly<Record<string, number>> = {},
): Promise<Trader> {
  const [event] = await node.apply((w) => encodeCreateAccount(w, {}, { label: "trader" }));
  if (event?.type !== "accountCreated") throw new Error("no account was created");
  const { account } = event;
  for (const [code, whole] of Object.entries(balances)) {
    const asset = node.replica.venue.assets.byCode(code);
    if (asset === undefined) throw new Error(`no asset ${code}`);
    const amount = BigInt(whole) * 10n ** BigInt(asset.decimals);
    const transfer = { network: "HALCYON", address: "test", reference: "" };
    await node.apply((w) =>
      encodeDeposit(w, {}, { account, asset: asset.id, amount, ...transfer }),
    );
  }
  return { account, ...(await createKey(node, account)) };
}

/** A key of an account: by default HMAC with every permission. */
export async function createKey(
  node: TestNode,
  account: number,
  change: Partial<CreateKey> = {},
): Promise<TestKey> {
  const apiKey = randomBytes(32).toString("hex");
  const secret = randomBytes(32).toString("hex");
  const kind: KeyKind = keyKind.hmacSha256;
  await node.apply((w) =>
    encodeCreateKey(
      w,
      {},
      {
        account,
        kind,
        permissions: allPermissions,
        name: apiKey,
        label: "test",
        material: seal.seal(apiKey, Buffer.from(secret)),
        allowedAddresses: "",
        ...change,
      },
    ),
  );
  return { apiKey: change.name ?? apiKey, secret };
}

export type Sent = {
  readonly status: number;
  readonly headers: Headers;
  // Tests look into answers of every shape.
  // biome-ignore lint/suspicious/noExplicitAny: the test's own assertions are the check
  readonly body: any;
  readonly text: string;
};

type Values = Readonly<Record<string, string | number | boolean>>;

/** Sends a request as it is: `send(node, "GET /api/v3/time")`. */
export async function send(node: TestNode, line: string, init: RequestInit = {}): Promise<Sent> {
  const [method = "GET", target = "/"] = line.split(" ");
  const response = await fetch(node.url + target, { ...init, method });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
}

/** Sends a signed request, its parameters in the query. `undefined` leaves a parameter out. */
export function sendSigned(
  node: TestNode,
  key: TestKey,
  line: string,
  values: Readonly<Record<string, string | number | boolean | undefined>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Sent> {
  const query = signedQuery(key, values);
  return send(node, `${line}?${query}`, { headers: { "X-MBX-APIKEY": key.apiKey, ...headers } });
}

export function signedQuery(
  key: TestKey,
  values: Readonly<Record<string, string | number | boolean | undefined>>,
): string {
  const all = { timestamp: Date.now(), ...values };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(all)) {
    if (value !== undefined) query.append(name, String(value));
  }
  return `${query}&signature=${sign(key, query.toString())}`;
}

export function sign(key: TestKey, payload: string): string {
  return createHmac("sha256", key.secret).update(payload).digest("hex");
}

/** A limit order; `change` overrides or adds parameters. */
export function limitOrder(
  side: "BUY" | "SELL",
  price: string,
  quantity: string,
  change: Values = {},
): Values {
  return { symbol: "BTCUSDT", side, type: "LIMIT", timeInForce: "GTC", price, quantity, ...change };
}

/** Waits until `condition` holds; fails after five seconds with what was waited for. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
