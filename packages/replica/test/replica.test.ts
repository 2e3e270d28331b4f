import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BatchBuilder,
  type BatchHeader,
  encodePlaceOrder,
  encodeSetRulesVersion,
  encodeTick,
  orderType,
  side,
  timeInForce,
} from "@halcyon/core";
import { type CommandLog, LogError, openLog } from "@halcyon/log";
import { type Encode, LogReplica } from "@halcyon/replica";
import { ManualClock } from "./manual-clock.ts";
import {
  applied,
  buyer,
  cancelAll,
  createAccount,
  Diary,
  limitOrder,
  openingCommands,
  openVenue,
  requestId,
  seller,
  settle,
  startReplica,
  until,
} from "./support.ts";

const header: BatchHeader = { nodeId: 9, incarnation: 1, sequence: 0, timeMs: 1, claim: null };

test("an outcome holds what its own command did, and every node gets the same state", async (t) => {
  const log = await openLog({ kind: "memory" });
  const a = await startReplica(t, { log });
  const b = await startReplica(t, { log, nodeName: "n1", nodeId: 1 });
  await openVenue(a);
  const sale = applied(await a.submit("normal", limitOrder(seller, "sell", 100, 5)));
  assert.deepEqual(
    sale.map((event) => event.type),
    ["orderAccepted"],
  );
  const purchase = await b.submit("normal", limitOrder(buyer, "buy", 100, 2));
  const events = applied(purchase);
  assert.ok(events.some((event) => event.type === "fill" && event.quantityLots === 2));
  assert.ok(purchase.kind === "applied");
  assert.equal(await a.waitFor(purchase.position, 5_000), true);
  assert.equal(a.venue.levelQuantity(0, 1, 100), 3);
  applied(await a.submit("cancel", cancelAll(seller)));
  assert.equal(a.venue.levelQuantity(0, 1, 100), 0);
  assert.equal(a.venue.audit().balanced, true);
});

test("a request sent to two nodes at once is executed once, and both get its one outcome", async (t) => {
  const log = await openLog({ kind: "memory" });
  const a = await startReplica(t, { log });
  const b = await startReplica(t, { log, nodeName: "n1", nodeId: 1 });
  await openVenue(a);
  await until(() => b.health().ok, "a second ready node");
  const order = (retry: boolean) =>
    limitOrder(seller, "sell", 100, 5, { requestId: requestId(1), retry });
  const outcomes = await Promise.all([
    a.submit("normal", order(false)),
    b.submit("normal", order(false)),
  ]);
  const orderIds = outcomes.map((outcome) => {
    const [event] = applied(outcome);
    assert.ok(event?.type === "orderAccepted");
    return event.orderId;
  });
  assert.equal(orderIds[0], orderIds[1]);
  const repeated = outcomes.filter((outcome) => outcome.kind === "applied" && outcome.repeated);
  assert.equal(repeated.length, 1, "exactly one of the two is the repetition");
  assert.equal(a.venue.openOrders(seller).length, 1);
});

test("projections hear each command after it was applied, repetitions without events, and each batch", async (t) => {
  const log = await openLog({ kind: "memory" });
  const diary = new Diary();
  const replica = await startReplica(t, { log }, [diary]);
  await openVenue(replica);
  const order = limitOrder(seller, "sell", 100, 5, { requestId: requestId(7) });
  const first = await replica.submit("normal", order);
  const second = await replica.submit("normal", order);
  assert.ok(first.kind === "applied" && second.kind === "applied");
  assert.equal(first.repeated, false);
  assert.equal(second.repeated, true);
  const line = (position: number) => diary.lines.filter((l) => l.startsWith(`${position}`));
  assert.deepEqual(line(first.position), [
    `${first.position}.0 ${first.logTimeMs} orderAccepted`,
    `${first.position} ${first.logTimeMs}`,
  ]);
  assert.deepEqual(line(second.position), [
    `${second.position}.0 ${second.logTimeMs} `,
    `${second.position} ${second.logTimeMs}`,
  ]);
});

test("what the log's time brings about is told to projections before the batch's commands", async (t) => {
  const log = await openLog({ kind: "memory" });
  const append = async (timeMs: number, ...encodes: Encode[]): Promise<void> => {
    const builder = new BatchBuilder();
    for (const encode of encodes) builder.add(encode);
    await log.append(builder.finish({ ...header, sequence: timeMs, timeMs }));
  };
  const rules: Encode = (w) => encodeSetRulesVersion(w, {}, { version: 2 });
  const kind = { side: side.sell, type: orderType.limit, timeInForce: timeInForce.gtd };
  const size = { priceTicks: 100, quantityLots: 5, quoteUnits: 0, clientOrderId: "" };
  const order = { account: seller, market: 0, ...kind, ...size, terms: { expireAtMs: 20 } };
  await append(10, rules, ...openingCommands);
  await append(11, (w) => encodePlaceOrder(w, {}, order));
  await append(19, encodeTick);
  await append(20, encodeTick);
  const diary = new Diary();
  await startReplica(t, { log, nodeId: null }, [diary]);
  await until(() => diary.lines.at(-1) === "4 20", "the last batch");
  assert.deepEqual(diary.lines.slice(-7), [
    ...["2.0 11 orderAccepted", "2 11"],
    ...["3.0 19 ", "3 19"],
    ...["4.-1 20 orderClosed", "4.0 20 ", "4 20"],
  ]);
});

test("waiting for a position ends when it is applied, or in time without it", async (t) => {
  const log = await openLog({ kind: "memory" });
  const replica = await startReplica(t, { log });
  await until(() => replica.health().ok, "a ready replica");
  assert.equal(await replica.waitFor(replica.position, 1), true);
  const soon = replica.waitFor(replica.position + 2, 10_000);
  assert.equal(await replica.waitFor(1_000_000, 5), false);
  await replica.submit("normal", createAccount("a"));
  await replica.submit("normal", createAccount("b"));
  assert.equal(await soon, true);
  const never = replica.waitFor(1_000_000, 60_000);
  await replica.stop();
  assert.equal(await never, false);
});

test("a command of a newer version stops the replica before it applies anything of that batch", async (t) => {
  const log = await openLog({ kind: "memory" });
  const failures: unknown[] = [];
  const replica = await startReplica(t, {
    log,
    nodeId: null,
    listener: { onFailure: (error) => failures.push(error) },
  });
  const builder = new BatchBuilder();
  builder.add(createAccount("known"));
  builder.add((w) => {
    const start = w.length;
    encodeTick(w);
    w.words[start] = (w.words[start]! & ~0xff) | 0xee;
  });
  await log.append(builder.finish(header));
  await until(() => failures.length === 1, "a failure");
  assert.match(String(failures[0]), /command type 238 is not known/);
  assert.equal(replica.position, 0);
  assert.equal(replica.venue.accounts.count, 2);
  const health = replica.health();
  assert.equal(health.status, "failed");
  assert.match(health.reasons.join(), /run a newer one/);
  assert.equal((await replica.submit("normal", createAccount("x"))).kind, "shed");
});

test("a log that cannot be read for a while is read on from where it stopped", async (t) => {
  const log = await openLog({ kind: "memory" });
  let refusals = 3;
  const failures: number[] = [];
  const flaky = {
    append: (batch: Uint8Array) => log.append(batch),
    head: () => log.head(),
    first: () => log.first(),
    trim: (before: number) => log.trim(before),
    close: () => log.close(),
    async *read(...[after, signal]: Parameters<CommandLog["read"]>) {
      for await (const run of log.read(after, signal)) {
        // Half a run, then nothing: the worst place to lose the connection.
        if (refusals-- > 0) {
          yield run.slice(0, 1);
          throw new LogError("unavailable", "the connection is gone");
        }
        yield run;
      }
    },
  };
  const builder = new BatchBuilder();
  for (let i = 0; i < 5; i++) {
    builder.add(createAccount(`a${i}`));
    await log.append(builder.finish({ ...header, sequence: i }));
  }
  const replica = await startReplica(t, {
    log: flaky,
    limits: { retryDelayMsMin: 1, retryDelayMsMax: 2 },
    listener: { onLogFailure: (operation) => operation === "read" && failures.push(1) },
  });
  await until(() => replica.health().ok, "a ready replica");
  assert.equal(failures.length, 3);
  assert.equal(replica.venue.accounts.count, 7);
});

test("a gap in the log stops the replica", async (t) => {
  const log = await openLog({ kind: "memory" });
  const builder = new BatchBuilder();
  for (let i = 0; i < 3; i++) await log.append(builder.finish({ ...header, sequence: i }));
  const failures: unknown[] = [];
  const gapped = {
    append: (batch: Uint8Array) => log.append(batch),
    head: () => log.head(),
    first: () => log.first(),
    trim: (before: number) => log.trim(before),
    close: () => log.close(),
    async *read(...[after, signal]: Parameters<CommandLog["read"]>) {
      for await (const run of log.read(after, signal)) {
        yield run.filter((entry) => entry.position !== 2);
      }
    },
  };
  const replica = await startReplica(t, {
    log: gapped,
    listener: { onFailure: (error) => failures.push(error) },
  });
  await until(() => failures.length === 1, "a failure");
  assert.match(String(failures[0]), /position 3 where 2 comes next/);
  assert.equal(replica.position, 1);
});

test("a replica that only follows refuses to submit, appends nothing, and is ready once caught up", async (t) => {
  const log = await openLog({ kind: "memory" });
  const builder = new BatchBuilder();
  for (let i = 0; i < 2_000; i++) await log.append(builder.finish({ ...header, sequence: i }));
  const progress: string[] = [];
  const follower = await startReplica(t, {
    log,
    nodeId: null,
    listener: { onProgress: (position, head) => progress.push(`${position}/${head}`) },
  });
  await until(() => follower.health().ok, "a follower that caught up");
  assert.equal(progress.at(-1), "2000/2000");
  assert.equal((await follower.submit("cancel", createAccount("x"))).kind, "shed");
  await settle();
  assert.equal((await log.head())?.position, 2_000);
});

test("who rests between two looks reads what came meanwhile, over failures, and sees a log that fell back", async (t) => {
  const log = await openLog({ kind: "memory" });
  const builder = new BatchBuilder();
  const write = (sequence: number) => log.append(builder.finish({ ...header, sequence }));
  for (let i = 0; i < 300; i++) await write(i);
  const clock = new ManualClock();
  let looks = 0;
  let fails = false;
  let fellBackTo: number | null = null;
  const looking: CommandLog = {
    append: (batch) => log.append(batch),
    async head() {
      looks++;
      if (fails) throw new LogError("unavailable", "nobody there");
      return fellBackTo === null ? log.head() : { position: fellBackTo, cursor: "" };
    },
    read: (after, signal) => {
      if (fellBackTo !== null) throw new LogError("diverged", "the log lost entries");
      return log.read(after, signal);
    },
    first: () => log.first(),
    trim: (before) => log.trim(before),
    close: () => log.close(),
  };
  const limits = { restMs: 500, retryDelayMsMin: 50, retryDelayMsMax: 50 };
  const follower = await startReplica(t, { log: looking, clock, nodeId: null, limits });
  await until(() => follower.position === 300, "what was there at the start");
  await write(300);
  const before = looks;
  clock.advance(499);
  await settle();
  assert.deepEqual([follower.position, looks], [300, before], "it rests");
  clock.advance(1);
  await until(() => follower.position === 301, "what came meanwhile");
  fails = true;
  await settle();
  clock.advance(500);
  await until(() => follower.stats().readFailures === 1, "a failure");
  fails = false;
  await write(301);
  clock.advance(50);
  await until(() => follower.position === 302, "the entry after the failure");
  fellBackTo = 10;
  await settle();
  clock.advance(500);
  await until(() => !follower.health().ok, "the end of a replica that is ahead of its log");
  assert.match(follower.health().reasons.join(), /the log lost entries/);
});

test("two projections of one name are refused, and so is one that comes after the start", async (t) => {
  const log = await openLog({ kind: "memory" });
  const replica = new LogReplica({ nodeName: "n0", nodeId: 0, log, snapshots: null });
  t.after(() => replica.stop());
  replica.addProjection(new Diary());
  assert.throws(() => replica.addProjection(new Diary()), /two projections/i);
  await replica.start();
  assert.throws(() => replica.addProjection(new Diary()), /before the start/);
});

test("a projection that throws is reported, and neither the venue nor the other projections stop", async (t) => {
  const log = await openLog({ kind: "memory" });
  const failures: string[] = [];
  const diary = new Diary();
  const broken = {
    name: "broken",
    onCommand: () => {
      throw new Error("a bug");
    },
    onBatch: () => {
      throw new Error("another bug");
    },
    save: () => new Uint8Array(0),
    restore: () => {},
  };
  const listener = {
    onProjectionFailure: (name: string, error: unknown) => failures.push(`${name}: ${error}`),
  };
  const replica = await startReplica(t, { log, listener }, [broken, diary]);
  await openVenue(replica);
  assert.equal(failures[0], "broken: Error: another bug", "the first tick has no command");
  assert.ok(failures.length <= 10, "not a line for every command");
  assert.ok(replica.stats().projectionFailures > 14);
  assert.equal(diary.lines.length, replica.position + 7);
  assert.equal(replica.health().ok, true);
});

test("a second process with the same node id raises the alarm", async (t) => {
  const log = await openLog({ kind: "memory" });
  const alarms: string[] = [];
  const onAlarm = (message: string) => alarms.push(message);
  const former = await startReplica(t, { log });
  await until(() => former.health().ok, "a ready node");
  await former.stop();
  const node = await startReplica(t, { log, listener: { onAlarm } });
  await openVenue(node);
  assert.deepEqual(alarms, [], "the node's own former life is no other process");
  const second = await startReplica(t, { log });
  await until(() => second.health().ok, "a second ready node");
  await until(() => alarms.length === 1, "an alarm");
  assert.match(alarms[0]!, /another process writes as node id 0/);
});
