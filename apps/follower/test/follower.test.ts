import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { encodeCreateAccount } from "@halcyon/core";
import { Views } from "@halcyon/gateway";
import { type CommandLog, openLog } from "@halcyon/log";
import { LogReplica, SnapshotStore } from "@halcyon/replica";

const program = join(import.meta.dirname, "..", "src", "main.ts");

type Follower = {
  readonly child: ChildProcess;
  readonly url: string;
  readonly output: () => string;
  readonly health: (path: string) => Promise<{ status: number; text: string }>;
};
type Venue = {
  readonly folder: string;
  readonly logFolder: string;
  readonly log: CommandLog;
  readonly snapshots: SnapshotStore;
};

async function until(condition: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const endMs = performance.now() + 15_000;
  while (!(await condition())) {
    if (performance.now() > endMs) assert.fail(`in time there was no: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function openFolder(t: TestContext): Promise<Venue> {
  const folder = await mkdtemp(join(tmpdir(), "halcyon-follower-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const logFolder = join(folder, "log");
  const log = await openLog({ kind: "lmdb", path: logFolder });
  t.after(() => log.close());
  return { folder, logFolder, log, snapshots: new SnapshotStore(join(folder, "snapshots")) };
}

async function startNode(t: TestContext, { log, snapshots }: Venue, nodeId: number) {
  const node = new LogReplica({ nodeName: `n${nodeId}`, nodeId, log, snapshots });
  for (const projection of new Views().projections) node.addProjection(projection);
  t.after(() => node.stop());
  await node.start();
  await until(() => node.health().ok, "a ready node");
  return node;
}

type Exchange = { readonly peers: readonly string[]; readonly masterKeyFile: string };

async function startFollower(t: TestContext, { logFolder, snapshots }: Venue, exchange?: Exchange) {
  const port = await freePort();
  const config = {
    name: "follower",
    health: { host: "127.0.0.1", port },
    log: { kind: "lmdb", path: logFolder },
    ...(exchange === undefined ? {} : { exchange }),
    snapshots: {
      folder: snapshots.folder,
      everySeconds: 1,
      everyPositions: 100,
      keep: 3,
      marginPositions: 10,
    },
  };
  const configFile = `${snapshots.folder}.follower.json`;
  await writeFile(configFile, JSON.stringify(config));
  const child = spawn(process.execPath, [program, configFile], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const follower: Follower = {
    child,
    url: `http://127.0.0.1:${port}`,
    output: () => output,
    health: async (path) => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`);
      return { status: answer.status, text: await answer.text() };
    },
  };
  return follower;
}

async function isReady({ child, health, output }: Follower): Promise<boolean> {
  assert.equal(child.exitCode, null, output());
  try {
    return (await health("/readyz")).status === 200;
  } catch {
    // Not listening yet.
    return false;
  }
}

async function submitAccounts(node: LogReplica, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const outcome = await node.submit("normal", (w) => {
      encodeCreateAccount(w, {}, { label: `account ${i}` });
    });
    assert.equal(outcome.kind, "applied");
  }
}

async function newest(snapshots: SnapshotStore): Promise<number> {
  return (await snapshots.positions())[0] ?? 0;
}

test("the follower writes snapshots, trims the log behind them, and nodes start from what it wrote", async (t) => {
  const venue = await openFolder(t);
  const node = await startNode(t, venue, 0);
  const follower = await startFollower(t, venue);
  await until(() => isReady(follower), "a ready follower");
  for (let round = 0; round < 4; round++) {
    const before = node.position;
    await submitAccounts(node, 110);
    await until(async () => (await newest(venue.snapshots)) > before, "a snapshot");
  }
  await until(async () => (await venue.log.first()) > 1, "a trimmed log");
  await until(
    async () => (await venue.snapshots.positions()).length <= 3,
    "three snapshots at most",
  );

  const { text } = await follower.health("/metrics");
  assert.match(text, /^halcyon_snapshots\{.*result="written".*\} [1-9]/m);
  assert.match(text, /^halcyon_position\{.*\} [1-9]/m);
  assert.match(text, /^halcyon_snapshot_size_bytes\{.*\} [1-9]/m);

  const second = await startNode(t, venue, 1);
  assert.ok(second.stats().batchesApplied < second.position, "not from the log's beginning");
  assert.equal(await second.waitFor(node.position, 5_000), true);
  assert.equal(second.venue.accounts.count, node.venue.accounts.count);

  await submitAccounts(node, 5);
  const last = node.position;
  const isThere = async () => {
    const metrics = (await follower.health("/metrics")).text;
    return Number(/^halcyon_position\{.*\} (\d+)/m.exec(metrics)?.[1] ?? 0) >= last;
  };
  await until(isThere, "a follower that has followed");
  follower.child.kill("SIGTERM");
  await once(follower.child, "exit");
  assert.equal(follower.child.exitCode, 0, follower.output());
  assert.ok((await newest(venue.snapshots)) >= last, "what was new at the stop is kept");
  for (const position of await venue.snapshots.positions()) await venue.snapshots.read(position);
});

test("a zone that was away for longer than the log reaches back takes another zone's snapshot", async (t) => {
  const venue = await openFolder(t);
  const masterKeyFile = join(venue.folder, "master.key");
  await writeFile(masterKeyFile, randomBytes(32));
  const node = await startNode(t, venue, 0);
  const follower = await startFollower(t, venue, { peers: [], masterKeyFile });
  await until(() => isReady(follower), "a ready follower");
  for (let round = 0; round < 3; round++) {
    const before = node.position;
    await submitAccounts(node, 110);
    await until(async () => (await newest(venue.snapshots)) > before, "a snapshot");
  }
  await until(async () => (await venue.log.first()) > 1, "a trimmed log");

  const away = { ...venue, snapshots: new SnapshotStore(join(venue.folder, "away")) };
  const stranger = join(venue.folder, "stranger.key");
  await writeFile(stranger, randomBytes(32));
  const refused = await startFollower(t, away, { peers: [follower.url], masterKeyFile: stranger });
  await once(refused.child, "close");
  assert.deepEqual(await away.snapshots.positions(), [], "another key opens nothing");

  const back = await startFollower(t, away, { peers: [follower.url], masterKeyFile });
  await until(() => isReady(back), "a ready follower");
  const position = (await away.snapshots.positions()).at(-1)!;
  assert.ok(position >= (await venue.log.first()) - 1);
  const second = await startNode(t, away, 1);
  assert.equal(await second.waitFor(node.position, 5_000), true);
  assert.equal(second.venue.accounts.count, node.venue.accounts.count);
});

test("kill -9 of the follower leaves only whole snapshots, and it goes on from the newest", async (t) => {
  const venue = await openFolder(t);
  const node = await startNode(t, venue, 0);
  for (let round = 0; round < 2; round++) {
    const follower = await startFollower(t, venue);
    await until(() => isReady(follower), "a ready follower");
    const before = node.position;
    await submitAccounts(node, 120);
    await until(async () => (await newest(venue.snapshots)) > before, "a snapshot");
    follower.child.kill("SIGKILL");
    await once(follower.child, "exit");
    for (const position of await venue.snapshots.positions()) await venue.snapshots.read(position);
  }
});

test("a follower that finds the log trimmed beyond its snapshots says so and exits", async (t) => {
  const venue = await openFolder(t);
  const node = await startNode(t, venue, 0);
  await submitAccounts(node, 20);
  await venue.log.trim(10);
  const follower = await startFollower(t, venue);
  await once(follower.child, "close");
  assert.equal(follower.child.exitCode, 1);
  assert.match(follower.output(), /The log was trimmed: its oldest entry is 10/);
  assert.deepEqual(await readdir(venue.folder), ["log", "snapshots.follower.json"]);
});
