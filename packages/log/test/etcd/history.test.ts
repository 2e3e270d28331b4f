/** What happens to the key: compaction, deletion, and watches that do not tell everything. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { credentials } from "@grpc/grpc-js";
import { type LogEntry, openLog } from "@halcyon/log";
import { KeyHistory } from "../../src/etcd/key-history.ts";
import { Member } from "../../src/etcd/member.ts";
import { Members } from "../../src/etcd/members.ts";
import type { WatchResponse } from "../../src/etcd/messages.ts";
import { LogKeys, Origin } from "../../src/etcd/origin.ts";
import { Reader } from "../../src/etcd/reader.ts";
import { Watch } from "../../src/etcd/watch.ts";
import { readSome, taggedBatch, tagOf, until, within } from "../batches.ts";
import { EtcdCluster, etcdMissing } from "./cluster.ts";
import { LossyProxy } from "./lossy-proxy.ts";

const skip = etcdMissing() ?? false;
let cluster: EtcdCluster;
before(async () => {
  if (skip !== false) return;
  cluster = await EtcdCluster.start();
});
after(() => cluster?.stop());

function prefixOf(url: string): string {
  return url.slice(url.indexOf("/halcyon/"));
}

void test("a reader that falls behind a trim is told from where to restore", { skip }, async () => {
  const proxy = await LossyProxy.before(cluster.addresses[0]!);
  const options = cluster.newLog();
  const log = await openLog(options);
  for (let index = 0; index < 20; index += 1) await log.append(taggedBatch(1, index, 40));
  const slow = await openLog(cluster.at(prefixOf(options.url), [proxy.address]));
  const runs = slow.read(null, new AbortController().signal)[Symbol.asyncIterator]();
  await runs.next();
  proxy.takesConnections = false;
  proxy.cut();
  for (let index = 20; index < 40; index += 1) await log.append(taggedBatch(1, index, 40));
  await log.trim(35);
  proxy.takesConnections = true;
  const behind = async (): Promise<never> => {
    for (;;) await runs.next();
  };
  const advice = {
    code: "trimmed",
    message: /starts at 35\. Restore a snapshot at position 34 or later/,
  };
  await assert.rejects(within(10_000, "the refusal", behind()), advice);
  await slow.close();
  await log.close();
  proxy.close();
});

void test("compaction for another reason is a trim like any other", { skip }, async () => {
  const log = await openLog(cluster.newLog());
  const other = await openLog(cluster.newLog());
  const positions: number[] = [];
  for (let index = 0; index < 3; index += 1) {
    positions.push(await log.append(taggedBatch(1, index, 40)));
    await other.append(taggedBatch(2, index, 40));
  }
  const entries = await readSome(log, null, 3);
  for (let index = 3; index < 9; index += 1) await other.append(taggedBatch(2, index, 40));
  await other.trim(9);
  assert.equal(await log.first(), 3, "the newest entry is kept, whatever is compacted");
  assert.equal((await readSome(log, entries[1]!, 1))[0]?.position, 3);
  await assert.rejects(readSome(log, entries[0]!, 1), { code: "trimmed" });
  const next = readSome(log, entries[2]!, 1);
  await log.append(taggedBatch(1, 3, 40));
  assert.equal(tagOf((await within(10_000, "the fourth entry", next))[0]!).sequence, 3);
  await log.close();
  await other.close();
});

void test("a log whose key was deleted is refused, whoever made it again", { skip }, async () => {
  const options = cluster.newLog();
  const log = await openLog(options);
  for (let index = 0; index < 3; index += 1) await log.append(taggedBatch(1, index, 40));
  const third = (await log.head())!;
  const reading = assert.rejects(readSome(log, third, 1), { code: "torn" });
  cluster.control("del", `${prefixOf(options.url)}/log`);
  await within(10_000, "the reader's refusal", reading);
  await assert.rejects(log.append(taggedBatch(1, 3, 40)), { code: "torn", message: /deleted/ });
  await assert.rejects(openLog(options), { code: "torn", message: /deleted/ });
  cluster.control("del", "--prefix", prefixOf(options.url));
  const again = await openLog(options);
  for (let index = 0; index < 3; index += 1) await again.append(taggedBatch(3, index, 40));
  await assert.rejects(log.append(taggedBatch(1, 3, 40)), { code: "torn" });
  await assert.rejects(readSome(again, third, 1), {
    code: "diverged",
    message: /not of this log/,
  });
  await log.close();
  await again.close();
});

/** A reader whose watches are told what to leave out and what to repeat. */
function doctored(
  prefix: string,
  doctor: (response: WatchResponse) => WatchResponse,
): { reader: Reader; close: () => void } {
  const keys = new LogKeys(prefix);
  const members = new Members(
    cluster.addresses.map((address) => new Member(address, credentials.createInsecure())),
    { timeoutMs: 5000, patienceMs: 5000, probeKey: keys.log },
  );
  const history = new KeyHistory(members, keys.log);
  const openWatch: typeof Watch.open = async (...args) => {
    const watch = await Watch.open(...args);
    const next = watch.next.bind(watch);
    watch.next = async (...rest) => {
      const response = await next(...rest);
      return response === null ? null : doctor(response);
    };
    return watch;
  };
  const parts = { members, history, key: keys.log, origin: new Origin(), openWatch };
  return { reader: new Reader(parts, null), close: () => members.close() };
}

async function readAll(reader: Reader, count: number): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = [];
  for await (const run of reader.runs(new AbortController().signal)) {
    entries.push(...run);
    if (entries.length >= count) break;
  }
  return entries;
}

void test("events that a watch loses, repeats or keeps back are found all the same", {
  skip,
}, async () => {
  const options = cluster.newLog();
  const log = await openLog(options);
  for (let index = 0; index < 40; index += 1) await log.append(taggedBatch(1, index, 40));
  const lossy = (response: WatchResponse): WatchResponse => {
    const kept = response.events.filter(({ entry }) => entry.version % 7 > 1);
    return { ...response, events: [...kept, ...kept.slice(0, 3)] };
  };
  const { reader, close } = doctored(prefixOf(options.url), lossy);
  // The last two are lost with nothing behind them that would show it.
  for (let index = 40; index < 43; index += 1) await log.append(taggedBatch(1, index, 40));
  const entries = await within(30_000, "all entries", readAll(reader, 43));
  assert.deepEqual(
    entries.map(tagOf).map(({ position, sequence }) => [position, sequence]),
    Array.from({ length: 43 }, (_, index) => [index + 1, index]),
  );
  close();
  await log.close();
});

void test("the search for a revision finds it, however many other revisions lie between", {
  skip,
}, async () => {
  const options = cluster.newLog();
  const log = await openLog(options);
  const other = await openLog(cluster.newLog());
  for (let index = 0; index < 30; index += 1) {
    await log.append(taggedBatch(1, index, 40));
    for (let noise = index % 5; noise > 0; noise -= 1) await other.append(new Uint8Array(8));
  }
  for (const first of [2, 3, 11, 12, 29, 30]) {
    await log.trim(first);
    assert.equal(await log.first(), first);
  }
  await until("the trim at every member", async () => (await other.first()) > 1);
  await log.close();
  await other.close();
});
