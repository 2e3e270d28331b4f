import assert from "node:assert/strict";
import { createReadStream, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { eventually } from "../failover/eventually.ts";
import { metricOf, nodeNames, processesOf, untilAllAgree } from "../failover/processes.ts";
import { HonestTrading } from "./honest-trading.ts";
import { Siege, type Troop } from "./siege.ts";
import { doors, secrets, venue } from "./world.ts";

/** Beyond what a process uses anyway once its code is warm and its heap has seen some traffic. */
const growthBytesMax = 400 * 2 ** 20;
const watched = [...nodeNames, "edge"] as const;

let trading: HonestTrading;
let siege: Siege;
const bytesBefore = new Map<string, number>();

test("a siege begins while honest clients trade: both go on during all that follows", async () => {
  for (const name of watched) bytesBefore.set(name, await residentBytes(name));
  trading = await HonestTrading.start(venue);
  siege = new Siege();
  await siege.untilOpen();
});
after(() => siege?.lift());

/** Added last: what all the attacks together have left behind. */
export function testWhatIsLeft(): void {
  test("slow and silent sockets are cut off in time, with an answer where one can be given", async () => {
    const isOver = (troop: Troop) =>
      doors.every((door) => siege.at(troop, door).every(({ isClosed }) => isClosed));
    for (const troop of ["silent", "trickledHeads", "trickledBodies"] as const) {
      await eventually(`${troop} are cut off`, 20_000, () => isOver(troop));
    }
    for (const troop of ["trickledHeads", "trickledBodies"] as const) {
      for (const { heard } of doors.flatMap((door) => siege.at(troop, door))) {
        assert.match(heard, /^HTTP\/1\.1 408 [\s\S]*"code":-1\d{3},"msg":"[^"]+"\}$/, troop);
      }
    }
  });

  test("who asks for a state that does not come is told so", async () => {
    const soldiers = siege.at("waiting", "edge");
    await eventually("all have an answer", 20_000, () =>
      soldiers.every(({ heard }) => heard !== ""),
    );
    for (const { heard } of soldiers) {
      assert.match(heard, /^HTTP\/1\.1 503 [\s\S]*\{"code":-10\d\d,"msg":"[^"]+"\}$/);
    }
  });

  test("honest clients traded all the while", async (t) => {
    const { answersMs, failures } = await trading.stop();
    assert.deepEqual(failures, []);
    const sorted = [...answersMs].sort((a, b) => a - b);
    const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))]!);
    t.diagnostic(
      `${sorted.length} orders: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, worst ${at(1)} ms`,
    );
    assert.ok(sorted.length > 100, `only ${sorted.length} orders`);
    assert.ok(at(0.5) < 250, `half of the orders took ${at(0.5)} ms and more`);
    assert.ok(at(0.99) < 2_500, `every hundredth order took ${at(0.99)} ms and more`);
  });

  test("memory has stayed within bounds", async (t) => {
    for (const name of watched) {
      const grown = (await residentBytes(name)) - bytesBefore.get(name)!;
      t.diagnostic(`${name}: ${Math.round(grown / 2 ** 20)} MiB more than before`);
      assert.ok(grown < growthBytesMax, `${name} has grown by ${grown} bytes`);
    }
  });

  test("no process was restarted, all nodes have one state, and the ledger is balanced", async () => {
    for (const { name, restarts, state } of await processesOf(venue)) {
      assert.deepEqual([name, restarts, state], [name, 0, "ready"]);
    }
    await untilAllAgree(venue, 10_000);
    assert.equal((await venue.admin("GET", "/audit"))["balanced"], true);
  });

  test("no secret is in a log file, in the log, or in a process's arguments", async () => {
    const { secret } = await venue.makeTrader("last", {});
    secrets.add(secret);
    for (const file of readdirSync(join(venue.data, "logs"))) {
      const text = readFileSync(join(venue.data, "logs", file), "utf8");
      for (const one of secrets) assert.ok(!text.includes(one), `${file} holds ${one}`);
      assert.doesNotMatch(text, /"a defect in|failed by a bug|uncaught/i, file);
    }
    const isIn = await occurrences(join(venue.data, "log", "data.mdb"), secrets);
    assert.deepEqual(isIn, []);
    for (const { pid } of await processesOf(venue)) {
      const text = readFileSync(`/proc/${pid}/cmdline`, "latin1");
      for (const one of secrets) assert.ok(!text.includes(one));
    }
  });
}

function residentBytes(name: string): Promise<number> {
  return metricOf(venue, name, "process_resident_memory_bytes");
}

/** Those of the words that the file holds anywhere. */
async function occurrences(file: string, words: ReadonlySet<string>): Promise<string[]> {
  const found = new Set<string>();
  const overlap = Math.max(...[...words].map((word) => word.length));
  let rest = "";
  for await (const chunk of createReadStream(file, { highWaterMark: 4 << 20 })) {
    const text = rest + (chunk as Buffer).toString("latin1");
    for (const word of words) if (text.includes(word)) found.add(word);
    rest = text.slice(-overlap);
  }
  return [...found];
}
