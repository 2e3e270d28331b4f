import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeCreateAsset, encodeCreateKey, encodeCreateMarket, keyKind } from "@halcyon/core";
import {
  administratorKeyOf,
  administratorTokenOf,
  createGateway,
  defaultLimits,
  type Gateway,
  Views,
} from "@halcyon/gateway";
import { type CommandLog, openLog } from "@halcyon/log";
import { LogReplica } from "@halcyon/replica";
import { type DemoTraders, startDemoTraders } from "../src/demo-traders.ts";
import type { DemoMarket } from "../src/market-terms.ts";

const token = administratorTokenOf(new Uint8Array(32).fill(1));
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const market: DemoMarket = {
  symbol: "BTCUSDT",
  base: "BTC",
  quote: "USDT",
  tickSize: "0.01",
  lotSize: "0.00001",
  minPrice: "0.01",
  maxPrice: "1000000",
  minQuantity: "0.00001",
  maxQuantity: "9000",
  minNotional: "5",
};

type Node = { readonly replica: LogReplica; readonly gateway: Gateway; readonly port: number };

async function startNode(log: CommandLog, port: number): Promise<Node> {
  const views = new Views();
  const caughtUp = Promise.withResolvers<void>();
  const replica = new LogReplica({
    nodeName: "node-1",
    nodeId: 1,
    log,
    snapshots: null,
    listener: { onCaughtUp: () => caughtUp.resolve() },
  });
  for (const projection of views.projections) replica.addProjection(projection);
  await replica.start();
  await caughtUp.promise;
  const gateway = createGateway({
    replica,
    views,
    masterKey: new Uint8Array(32).fill(7),
    region: "eu",
    version: "0.1.0",
    config: {
      host: "127.0.0.1",
      port,
      trustedProxies: [],
      limits: { ...defaultLimits, weightPerMinute: 1e6, ordersPer10Seconds: 1e6 },
      highValueNotional: 0,
      network: "HALCYON",
    },
    logger: quiet,
  });
  return { replica, gateway, port: await gateway.listen() };
}

async function stopNode({ gateway, replica }: Node): Promise<void> {
  await gateway.close(100);
  await replica.stop();
}

async function furnish({ replica }: Node): Promise<void> {
  const key = { account: 0, kind: keyKind.administrator, permissions: 0, label: "" } as const;
  const administrator = { ...key, ...administratorKeyOf(token), allowedAddresses: "" };
  await replica.submit("normal", (w) => encodeCreateKey(w, {}, administrator));
  for (const code of ["BTC", "USDT"]) {
    await replica.submit("normal", (w) => encodeCreateAsset(w, {}, { code, decimals: 8 }));
  }
  await replica.submit("normal", (w) =>
    encodeCreateMarket(
      w,
      {},
      {
        symbol: "BTCUSDT",
        baseAsset: 0,
        quoteAsset: 1,
        tickUnits: 1_000_000n,
        lotUnits: 1_000n,
        priceTicksMin: 1,
        priceTicksMax: 100_000_000,
        quantityLotsMin: 1,
        quantityLotsMax: 900_000_000,
        marketQuantityLotsMax: 900_000_000,
        notionalMin: 500_000_000n,
        makerFeePpm: 1_000,
        takerFeePpm: 1_000,
        openOrdersMax: 200,
      },
    ),
  );
}

function start(port: number): DemoTraders {
  return startDemoTraders({
    url: `http://127.0.0.1:${port}`,
    administratorToken: token,
    markets: [market],
    seed: 1,
    requestsPerSecond: 200,
    logger: quiet,
    count: () => undefined,
  });
}

async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const hasLadder = ({ replica: { venue } }: Node) =>
  venue.levels(0, 0, 50).length >= 15 && venue.levels(0, 1, 50).length >= 15;

test("the demo builds a book, trades on it, survives its node and leaves nothing behind", async (t) => {
  const log = await openLog({ kind: "memory" });
  let node = await startNode(log, 0);
  let traders: DemoTraders | null = null;
  t.after(async () => {
    await traders?.stop();
    await stopNode(node);
    await log.close();
  });
  await furnish(node);
  const { port } = node;

  traders = start(port);
  await until("a book and trades", () => hasLadder(node) && node.replica.venue.tradeCount(0) > 20);
  assert.equal(traders.isTrading(), true);

  await stopNode(node);
  node = await startNode(log, port);
  const { venue } = node.replica;
  const before = venue.tradeCount(0);
  await until("trades after the restart", () => venue.tradeCount(0) > before + 20);
  await until("a whole book again", () => hasLadder(node));
  assert.equal(venue.audit().balanced, true);

  await traders.stop();
  assert.deepEqual([venue.levels(0, 0, 1), venue.levels(0, 1, 1)], [[], []]);

  const accounts = venue.accounts.count;
  traders = start(port);
  await until("a book after a second start", () => hasLadder(node));
  await traders.stop();
  assert.equal(venue.accounts.count, accounts);
  assert.equal(venue.keys.ofAccount(2).length, 1);
});
