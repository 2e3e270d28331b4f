import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { startVenueOn, type VenueProcess } from "../venue-process.ts";
import { runCli } from "./cli.ts";
import { ApiConnection, type Client } from "./client.ts";
import { eventually } from "./eventually.ts";
import { ledgerFaults, readAgreedState } from "./final-state.ts";
import { historyFaults, type Operation } from "./history.ts";
import { funds, type Load, makeClients, symbol, underLoad } from "./load.ts";
import { administratorToken, crash, processesOf, untilReplaced } from "./processes.ts";
import { type Secret, secretsInFiles, secretsInProcesses, secretText } from "./secrets.ts";
import { type DepthSnapshot, LocalBook, openUserStream, Socket } from "./socket.ts";

const ordersPerSecond = 300;
const clientCount = 18;
const nearest = "eu-1";
/** A client of a node that died shall know within this time. */
const closedWithinMs = 1_000;

const folder = mkdtempSync(join(tmpdir(), "halcyon-others-"));
const data = join(folder, "venue");
const history: Operation[] = [];
let clients: Client[] = [];
let watcher: Client;
let venue: VenueProcess;
let loads = 0;

before(async () => {
  venue = await startVenueOn(data, { "snapshots.everySeconds": 1 });
  clients = await makeClients(venue, clientCount);
  watcher = (await makeClients(venue, 1))[0]!;
});
after(async () => {
  await venue.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the body under load; its history is added to what the venue must know. */
async function loaded(body: (load: Load) => Promise<void>): Promise<Load> {
  const options = { port: venue.edgePort, clients, ordersPerSecond, name: `o${loads++}` };
  const load = await underLoad(options, async (running) => {
    await eventually("orders flow", 20_000, () => running.acknowledged > 100);
    await body(running);
  });
  history.push(...load.history);
  return load;
}

async function get(path: string, headers = {}): Promise<{ node: string; body: unknown }> {
  const connection = new ApiConnection(venue.edgePort);
  const reply = await connection.request("GET", path, headers);
  connection.close();
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
  return reply;
}

/** The book as it is once `position` is applied. */
async function depth(position = 0): Promise<DepthSnapshot> {
  const headers = { "halcyon-position": String(position) };
  const { body } = await get(`/api/v3/depth?symbol=${symbol}&limit=5000`, headers);
  return body as DepthSnapshot;
}

const openDepth = () => Socket.open(`ws://127.0.0.1:${venue.edgePort}/ws/btcusdt@depth@100ms`);

/** Which node answers clients of the nearest region now. */
const nodeNow = async () => (await get("/api/v3/ping", { "halcyon-region": "eu" })).node;

/** A depth stream, and a book kept with it. */
async function followBook(): Promise<{ socket: Socket; book: LocalBook }> {
  const socket = await openDepth();
  await socket.until("a change of the book comes", ({ e }) => e === "depthUpdate");
  const book = new LocalBook(await depth());
  await eventually("the stream passes the snapshot", 5_000, () =>
    socket.messages.some(({ u }) => Number(u) > book.lastUpdateId),
  );
  return { socket, book };
}

async function placeAndHear(stream: Socket, clientOrderId: string): Promise<void> {
  const connection = new ApiConnection(venue.edgePort);
  const order = { symbol, side: "BUY", type: "LIMIT", timeInForce: "GTC", quantity: "0.001" };
  const named = { ...order, price: "10000", newClientOrderId: clientOrderId };
  const placed = await connection.send(watcher, "POST", "/api/v3/order", named);
  assert.equal(placed.status, 200, JSON.stringify(placed.body));
  connection.close();
  const isReport = (event: unknown) => {
    const { e, c } = event as { e: string; c: string };
    return e === "executionReport" && c === clientOrderId;
  };
  await stream.until(
    "the order is reported",
    ({ event }) => event !== undefined && isReport(event),
  );
}

test("streams of a node that dies end at once, and another node continues them without a gap", async (t) => {
  const load = await loaded(async () => {
    const first = await followBook();
    const user = await openUserStream(venue.edgePort, watcher);
    await placeAndHear(user, "before");
    const { pid, atMs: killedMs } = await crash(venue, nearest);
    const [depthEnd, userEnd] = await Promise.all([
      first.socket.untilClosed(closedWithinMs),
      user.untilClosed(closedWithinMs),
    ]);
    const [second, userAgain] = await Promise.all([
      followBook(),
      openUserStream(venue.edgePort, watcher),
    ]);
    await placeAndHear(userAgain, "after");
    first.book.apply(first.socket.messages);
    assert.ok(second.book.lastUpdateId >= first.book.lastUpdateId);
    const closedMs = [depthEnd, userEnd].map(({ atMs }) => Math.round(atMs - killedMs));
    t.diagnostic(`streams of the dead node closed after ${closedMs.join(" and ")} ms`);
    await untilReplaced(venue, nearest, pid, 10_000);
    second.book.apply(second.socket.messages);
    second.socket.close();
    userAgain.close();
  });
  assert.deepEqual(load.failures, []);
});

test("a book kept from a stream is the venue's own", async () => {
  let kept: Awaited<ReturnType<typeof followBook>> | undefined;
  const { position } = await loaded(async () => {
    kept = await followBook();
  });
  const { socket, book } = kept!;
  const last = await depth(position);
  await socket.until("the last change", ({ u }) => u === last.lastUpdateId);
  book.apply(socket.messages);
  assert.deepEqual(book.sides, new LocalBook(last).sides);
  socket.close();
});

test("a node that is drained hands its clients over, and takes them again", async () => {
  const load = await loaded(async () => {
    // A busy moment may have sent its clients elsewhere.
    await eventually("the nearest answers", 10_000, async () => (await nodeNow()) === nearest);
    const streams = [await openDepth(), await openUserStream(venue.edgePort, watcher)];
    await cli("drain", nearest);
    for (const stream of streams) {
      await stream.until("the node says that it goes", (message) => {
        const event = (message["event"] ?? message) as { e?: string };
        return event.e === "serverShutdown";
      });
      assert.equal((await stream.untilClosed(5_000)).code, 1012);
    }
    await eventually("others answer", 2_000, async () => (await nodeNow()) !== nearest);
    const state = (await processesOf(venue)).find(({ name }) => name === nearest)?.state;
    assert.equal(state, "draining");
    (await followBook()).socket.close();
    await cli("undrain", nearest);
    await eventually("it answers again", 2_000, async () => (await nodeNow()) === nearest);
  });
  assert.deepEqual(load.failures, []);
});

async function cli(...args: string[]): Promise<void> {
  const { code, text } = await runCli([...args, "--data", data]);
  assert.equal(code, 0, text);
}

test("an edge that is killed is back, and nothing that it had passed on is lost", async (t) => {
  const load = await loaded(async (running) => {
    const { pid, atMs: killedMs } = await crash(venue, "edge");
    await untilReplaced(venue, "edge", pid, 5_000);
    const reached = running.acknowledged + 100;
    await eventually("orders flow again", 10_000, () => running.acknowledged >= reached);
    const firstMs = running.history.find(
      ({ order, sentMs }) => order !== null && sentMs > killedMs,
    )!.answeredMs;
    t.diagnostic(`first answer ${Math.round(firstMs - killedMs)} ms after the kill`);
  });
  const answered = load.history.filter(({ status }) => status !== 0 && status !== 200);
  assert.deepEqual(answered, []);
});

test("a follower that is killed is back and goes on writing snapshots", async () => {
  const newest = () => Math.max(0, ...readdirSync(join(data, "snapshots")).map(positionIn));
  const load = await loaded(async () => {
    await eventually("there is a snapshot", 10_000, () => newest() > 0);
    await crash(venue, "follower");
    const known = newest();
    await eventually("there is a newer snapshot", 10_000, () => newest() > known);
  });
  assert.deepEqual(load.failures, []);
});

function positionIn(name: string): number {
  return Number(/^snapshot-(\d+)\.halcyon$/.exec(name)?.[1] ?? 0);
}

/** What clients do wrong with secrets in their hands. */
async function misbehave(): Promise<void> {
  const connection = new ApiConnection(venue.edgePort);
  const { secret, apiKey } = watcher;
  const forged = { ...watcher, secret: `${secret}x` };
  const asked = [
    await connection.send(forged, "POST", "/api/v3/order", { symbol }),
    await connection.send({ ...watcher, apiKey: secret }, "GET", "/api/v3/account"),
    await connection.send(watcher, "GET", "/api/v3/account", { secretKey: secret }),
    await connection.request("GET", `/api/v3/${secret}`, { "x-mbx-apikey": apiKey }),
    await connection.request("GET", "/admin/v1/accounts", { authorization: `Bearer ${secret}` }),
  ];
  connection.close();
  for (const { status, body } of asked) {
    assert.ok(status >= 400 && status < 500, JSON.stringify(body));
  }
  const socket = await Socket.open(`ws://127.0.0.1:${venue.edgePort}/ws-api/v3`);
  const params = { apiKey, signature: secret, timestamp: Date.now() };
  socket.send({ id: 1, method: "session.logon", params });
  await socket.until("the refusal comes", ({ id }) => id === 1);
  socket.close();
}

function secretsOf(): Secret[] {
  const token = administratorToken(venue);
  // The random part may have underscores of its own.
  const random = Buffer.from(token.replace(/^hal_admin_/, ""), "base64url");
  return [
    secretText("an API secret", watcher.secret),
    ...clients.slice(0, 3).map(({ secret }, i) => secretText(`API secret ${i}`, secret)),
    secretText("the administrator's token", token),
    { name: "the token's bytes", bytes: random },
    { name: "the master key", bytes: readFileSync(join(data, "secrets", "master.key")) },
  ];
}

test("secrets stand in their own files only, and in no process's arguments or environment", async () => {
  await misbehave();
  const pids = (await processesOf(venue)).flatMap(({ pid }) => pid ?? []);
  const secrets = secretsOf();
  assert.deepEqual(secretsInProcesses([venue.pid, ...pids], secrets), []);
  assert.deepEqual(secretsInFiles(data, secrets), [
    "credentials.json: the administrator's token",
    "credentials.json: the token's bytes",
    "secrets/master.key: the master key",
  ]);
});

test("Ctrl-C under load stops in order, and the next start has all that was acknowledged", async (t: TestContext) => {
  const beganMs = performance.now();
  await loaded(async () => {
    process.kill(venue.pid, "SIGINT");
    await venue.stop();
  });
  t.diagnostic(`stopped after ${Math.round(performance.now() - beganMs)} ms`);
  venue = await startVenueOn(data);
  const state = await readAgreedState(venue, [...clients, watcher]);
  const known = [...state.orders].filter(([account]) => account !== watcher.account);
  assert.deepEqual(historyFaults(history, new Map(known)), []);
  assert.deepEqual(ledgerFaults(state, funds), []);
  assert.equal((await venue.admin("GET", "/audit"))["balanced"], true);
  const own = state.orders.get(watcher.account)!;
  assert.deepEqual(
    own.map(({ clientOrderId }) => clientOrderId),
    ["before", "after"],
  );
});
