import assert from "node:assert/strict";
import { test } from "node:test";
import { LogError, openLog } from "@halcyon/log";
import { createLogger } from "@halcyon/process";
import { VenueNode } from "../src/node.ts";

type Failure = "unavailable" | "no-space";

/** A node over a log whose appends all fail; resolves with what made it end, or after the time. */
async function fate(code: Failure, waitMs: number): Promise<string> {
  const log = await openLog({ kind: "memory" });
  const any = { host: "127.0.0.1", port: 0 };
  const ended = Promise.withResolvers<string>();
  const node = new VenueNode({
    config: {
      name: "eu-1",
      region: "eu",
      nodeId: 0,
      listen: any,
      health: any,
      trustedProxies: [],
      log: { kind: "lmdb", path: "", sizeMaxBytes: 2 ** 30 },
      snapshotFolder: "/nowhere",
      masterKeyFile: "",
      limits: {
        requestWeightPerMinute: 6_000,
        requestsPer5Minutes: 61_000,
        ordersPer10Seconds: 100,
        ordersPerDay: 200_000,
        connections: 100,
      },
      highValueNotional: 0,
    },
    version: "0",
    masterKey: new Uint8Array(32),
    log: Object.assign(Object.create(log) as typeof log, {
      append: () => Promise.reject(new LogError(code, "the engine is gone")),
      read: log.read.bind(log),
      head: log.head.bind(log),
      first: log.first.bind(log),
    }),
    logger: createLogger({ process: "node", level: "fatal" }),
    observe: () => undefined,
    onFatal: ended.resolve,
  });
  await node.start();
  const timer = setTimeout(() => ended.resolve("goes on"), waitMs);
  const reason = await ended.promise;
  clearTimeout(timer);
  await node.stop();
  await log.close();
  return reason;
}

test("a node whose log engine failed for good ends, to be started again", async () => {
  assert.equal(await fate("unavailable", 30_000), "the log's engine failed");
});

test("a node whose log is full stays, for room may be made", async () => {
  assert.equal(await fate("no-space", 7_000), "goes on");
});
