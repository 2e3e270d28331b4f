import assert from "node:assert/strict";
import { before, test } from "node:test";
import { violationsOf } from "../src/checkers/check.ts";
import type { Op, OpResult, Published, RunRecord } from "../src/record.ts";
import { simulate } from "../src/simulate.ts";

let sound: RunRecord;
before(async () => {
  sound = (await simulate({ seed: 1 })).record;
});

function finders(changes: Partial<RunRecord>): Set<string> {
  return new Set(violationsOf({ ...sound, ...changes }).map(({ checker }) => checker));
}

type Applied = Extract<OpResult, { kind: "applied" }>;
type AppliedOp = Op & { result: Applied };
function appliedOps(): AppliedOp[] {
  return sound.ops.filter((op): op is AppliedOp => op.result?.kind === "applied");
}
function withOp(changed: Op): readonly Op[] {
  return sound.ops.map((op) => (op.id === changed.id ? changed : op));
}
function withPublished(position: number, change: (said: Published) => Published) {
  const published = new Map(sound.published);
  published.set(position, change(published.get(position)!));
  return published;
}

void test("a sound run is found sound", () => {
  assert.deepEqual(violationsOf(sound), []);
});

void test("exactly once: a lost, a doubled and a wrongly refused request are found", () => {
  const op = appliedOps()[50]!;
  const lost: Op = { ...op, requestIds: new Set(["00"]) };
  assert.ok(finders({ ops: withOp(lost) }).has("exactly once"));
  const other = appliedOps()[60]!;
  const doubled: Op = { ...op, requestIds: new Set([...op.requestIds, ...other.requestIds]) };
  assert.ok(finders({ ops: withOp(doubled) }).has("exactly once"));
  const refused: Op = { ...op, result: { kind: "shed" } };
  assert.deepEqual(finders({ ops: withOp(refused) }), new Set(["exactly once"]));
});

void test("real-time order: a request that took effect before one answered earlier is found", () => {
  const early = appliedOps()[20]!;
  const late = { ...early, invokedAtUs: sound.ops.at(-1)!.returnedAtUs! + 1, returnedAtUs: null };
  assert.deepEqual(finders({ ops: withOp(late) }), new Set(["real-time order"]));
});

void test("reference: a changed answer, read and balance are found", () => {
  const op = appliedOps()[70]!;
  const lines = ["accepted another"];
  assert.ok(finders({ ops: withOp({ ...op, result: { ...op.result, lines } }) }).has("reference"));
  const [read, ...others] = sound.reads;
  const changedRead = { ...read!, lines: read!.lines.slice(1) };
  assert.ok(finders({ reads: [changedRead, ...others] }).has("reference"));
  const finals = sound.finals.map((final) => ({ ...final, lines: final.lines.slice(0, -1) }));
  assert.ok(finders({ finals }).has("reference"));
});

void test("sessions: a step back in time is found", () => {
  const reads = sound.reads.map((read) => ({ ...read, seenPosition: read.position + 1 }));
  assert.ok(finders({ reads }).has("sessions"));
});

void test("stream: a position or a command that was not put out is found", () => {
  const { position } = appliedOps()[40]!.result;
  const gap = new Map(sound.published);
  gap.delete(position);
  assert.ok(finders({ published: gap }).has("stream"));
  const shorter = withPublished(position, (said) => ({
    ...said,
    commands: said.commands.slice(1),
  }));
  assert.ok(finders({ published: shorter }).has("stream"));
});

void test("depth: a dropped event is found", () => {
  const feed = sound.depthFeeds.find(({ events }) => events.length > 2)!;
  const dropped = { ...feed, events: feed.events.toSpliced(1, 1) };
  const depthFeeds = sound.depthFeeds.map((other) => (other === feed ? dropped : other));
  assert.deepEqual(finders({ depthFeeds }), new Set(["depth"]));
});

void test("hashes: a node with another state is found", () => {
  const mismatch = { position: 9, node: "eu-1", hash: "a", others: "b" };
  assert.deepEqual(finders({ hashMismatches: [mismatch] }), new Set(["hashes"]));
});

void test("conservation: money out of nothing is found", () => {
  const finals = sound.finals.map((final) => ({
    ...final,
    lines: ["account 9 asset 0: 1 and 0 held", ...final.lines],
  }));
  assert.ok(finders({ finals }).has("conservation"));
});

void test("book: a fill out of turn and a crossed book are found", () => {
  const isFill = (line: string) => line.startsWith("fill ");
  const [position] = [...sound.published].find(([, { commands }]) => commands.flat().some(isFill))!;
  const rewrite = (change: (line: string) => string[]) =>
    withPublished(position, (said) => ({
      ...said,
      commands: said.commands.map((lines) => lines.flatMap(change)),
    }));
  const wrongMaker = rewrite((line) => [line.replace(/maker #\d+/, "maker #1")]);
  assert.ok(finders({ published: wrongMaker }).has("book"));
  const unmatched = [...sound.published].map(([at, said]): [number, Published] => [
    at,
    { ...said, commands: said.commands.map((lines) => lines.filter((line) => !isFill(line))) },
  ]);
  assert.ok(finders({ published: new Map(unmatched) }).has("book"));
});

void test("log time: a step back is found", () => {
  const published = withPublished(sound.log.length - 1, (said) => ({ ...said, logTimeMs: 1 }));
  assert.ok(finders({ published }).has("log time"));
});

void test("incidents: a failed node and an unanswered client are found", () => {
  const incident = { atUs: 1, who: "eu-1", what: "failed" };
  assert.deepEqual(finders({ incidents: [incident] }), new Set(["incidents"]));
  const unanswered: Op = { ...sound.ops.at(-1)!, result: null };
  assert.ok(finders({ ops: withOp(unanswered) }).has("incidents"));
});
