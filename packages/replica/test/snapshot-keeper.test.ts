import assert from "node:assert/strict";
import { readdir, rm, writeFile } from "node:fs/promises";
import { type TestContext, test } from "node:test";
import { type CommandLog, openLog } from "@halcyon/log";
import {
  type LogReplica,
  SnapshotKeeper,
  type SnapshotSchedule,
  SnapshotStore,
  type SnapshotWritten,
  snapshotScheduleDefault,
} from "@halcyon/replica";
import { ManualClock } from "./manual-clock.ts";
import { createAccount, openVenue, startReplica, temporaryFolder, until } from "./support.ts";

type Kept = {
  readonly keeper: SnapshotKeeper;
  readonly clock: ManualClock;
  readonly folder: string;
  readonly written: SnapshotWritten[];
  readonly refused: string[];
  readonly failed: unknown[];
};

async function keep(
  t: TestContext,
  log: Pick<CommandLog, "first" | "trim">,
  source: ConstructorParameters<typeof SnapshotKeeper>[0]["source"],
  schedule: Partial<SnapshotSchedule> = {},
): Promise<Kept> {
  const folder = await temporaryFolder(t);
  const clock = new ManualClock();
  const written: SnapshotWritten[] = [];
  const refused: string[] = [];
  const failed: unknown[] = [];
  const keeper = new SnapshotKeeper({
    source,
    store: new SnapshotStore(folder),
    log,
    clock,
    schedule: { ...snapshotScheduleDefault, confirmMsMax: 0, ...schedule },
    onWritten: (w) => written.push(w),
    onRefused: (reason) => refused.push(reason),
    onFailed: (error) => failed.push(error),
  });
  await keeper.start();
  return { keeper, clock, folder, written, refused, failed };
}

async function node(t: TestContext): Promise<{ log: CommandLog; replica: LogReplica }> {
  const log = await openLog({ kind: "memory" });
  // No ticks: a position more is a command more.
  const replica = await startReplica(t, { log, limits: { tickIntervalMs: 1_000_000 } });
  await openVenue(replica);
  return { log, replica };
}

test("a snapshot is due after its time if something happened, and not for time alone", async (t) => {
  const { log, replica } = await node(t);
  const { clock, written } = await keep(t, log, replica);
  clock.advance(29_000);
  assert.equal(written.length, 0);
  clock.advance(1_000);
  await until(() => written.length === 1, "a snapshot");
  clock.advance(3_600_000);
  await replica.submit("normal", createAccount("news"));
  assert.equal(written.length, 1, "an hour without a command needs no snapshot");
  clock.advance(200);
  await until(() => written.length === 2, "the next snapshot");
  assert.equal(written[1]!.position, replica.position);
});

test("keepers with different offsets take turns by the time of day, whenever they started", async (t) => {
  const { log, replica } = await node(t);
  const { clock, written } = await keep(t, log, replica, { offsetMs: 10_000 });
  const turnMs = 30_000 - ((clock.wallMs() - 10_000) % 30_000);
  assert.ok(turnMs > 1_000 && turnMs < 30_000, "the clock of the test stands somewhere in between");
  clock.advance(turnMs - 400);
  assert.equal(written.length, 0);
  clock.advance(800);
  await until(() => written.length === 1, "a snapshot");
});

test("a snapshot is due after so many positions, before its time", async (t) => {
  const { log, replica } = await node(t);
  const { clock, written } = await keep(t, log, replica, { everyPositions: replica.position + 10 });
  for (let i = 0; i < 9; i++) await replica.submit("normal", createAccount(`${i}`));
  clock.advance(200);
  assert.equal(written.length, 0);
  await replica.submit("normal", createAccount("tenth"));
  clock.advance(200);
  await until(() => written.length === 1, "a snapshot");
});

test("the log is trimmed behind the oldest kept snapshot, less a margin, and not for a first one", async (t) => {
  const { log, replica } = await node(t);
  const { keeper, written } = await keep(t, log, replica, { keep: 3, marginPositions: 4 });
  const positions: number[] = [];
  const firsts: number[] = [];
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 10; i++) await replica.submit("normal", createAccount(`${i}`));
    positions.push(replica.position);
    await keeper.write();
    firsts.push(await log.first());
  }
  const [p0, p1, p2] = positions as [number, number, number];
  assert.deepEqual(firsts, [1, p0 - 3, p0 - 3, p1 - 3, p2 - 3]);
  assert.deepEqual(written.at(-1)!.kept, [...positions.slice(2)].reverse());
});

test("a state that the nodes dispute is not kept", async (t) => {
  const { log, replica } = await node(t);
  const tally = {
    verdict: "disputed",
    agree: 1,
    disagree: 1,
    disagreeing: [2],
    confirmedPosition: 0,
  } as const;
  const source = {
    position: replica.position,
    capture: () => replica.capture(),
    stats: () => replica.stats(),
    tally: () => tally,
  };
  const { keeper, refused, written, folder } = await keep(t, log, source);
  await keeper.write();
  assert.match(refused.join(), /disputed: 1 nodes agree, 1 do not/);
  assert.match(keeper.failure ?? "", /disputed/);
  assert.deepEqual(written, []);
  assert.deepEqual(await readdir(folder), []);
});

test("a state is kept once the nodes confirm its position, and not before", async (t) => {
  const { log, replica } = await node(t);
  let confirmedPosition = replica.position - 1;
  const source = {
    position: replica.position,
    capture: () => replica.capture(),
    stats: () => replica.stats(),
    tally: () => ({
      verdict: "agreed" as const,
      agree: 2,
      disagree: 0,
      disagreeing: [],
      confirmedPosition,
    }),
  };
  const { keeper, clock, written, folder } = await keep(t, log, source, { confirmMsMax: 5_000 });
  const writing = keeper.write();
  clock.advance(1_000);
  assert.deepEqual(await readdir(folder), []);
  confirmedPosition = replica.position;
  clock.advance(20);
  await until(() => {
    clock.advance(20);
    return written.length === 1;
  }, "a snapshot");
  await writing;
});

test("a folder that cannot be written to is reported, tried again in time, and recovers", async (t) => {
  const { log, replica } = await node(t);
  const { clock, folder, written, failed, keeper } = await keep(t, log, replica);
  await rm(folder, { recursive: true });
  await writeFile(folder, "a file where the folder should be");
  clock.advance(30_000);
  await until(() => failed.length === 1, "a failure");
  await until(() => keeper.failure !== null, "a reason");
  clock.advance(4_000);
  assert.equal(failed.length, 1);
  await rm(folder);
  clock.advance(1_200);
  await until(() => written.length === 1, "a snapshot");
  await until(() => keeper.failure === null, "no reason any more");
});

test("a log that could not be trimmed is trimmed soon, although nothing new is to be kept", async (t) => {
  const { log, replica } = await node(t);
  let isCutOff = true;
  const cutOff = {
    first: () => (isCutOff ? Promise.reject(new Error("out of reach")) : log.first()),
    trim: (before: number) => log.trim(before),
  };
  const { clock, failed, keeper } = await keep(t, cutOff, replica, { marginPositions: 0 });
  clock.advance(30_000);
  await until(() => failed.length === 1, "a failure");
  await until(() => keeper.failure !== null, "a reason");
  isCutOff = false;
  clock.advance(5_200);
  await until(() => keeper.failure === null, "no reason any more");
});

test("the last thing a stop does is to keep what is new", async (t) => {
  const { log, replica } = await node(t);
  const { keeper, written } = await keep(t, log, replica);
  await keeper.stop();
  assert.equal(written.length, 1);
  await keeper.stop();
  assert.equal(written.length, 1, "and not what is not");
});
