import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startVenueProcess, type VenueProcess } from "../venue-process.ts";
import { crash } from "./processes.ts";

let venue: VenueProcess;
before(async () => {
  venue = await startVenueProcess();
});
after(() => venue.stop());

type Node = {
  readonly name: string;
  readonly region: string;
  readonly state: string;
  readonly position: number;
  readonly peersAgreeing: number;
};

async function nodes(): Promise<Node[]> {
  return (await venue.admin("GET", "/nodes"))["nodes"] as Node[];
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await holds())) {
    assert.ok(performance.now() < deadline, `waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test("any node tells how all are, and that their states agree", async () => {
  await until("all ready and agreeing", async () =>
    (await nodes()).every(({ state, peersAgreeing }) => state === "ready" && peersAgreeing > 0),
  );
  const names = (await nodes()).map(({ name, region }) => `${name} ${region}`);
  assert.deepEqual(names, ["eu-1 eu", "us-1 us", "ap-1 ap"]);
});

test("a node is drained and undrained through any other, and the trail says who asked", async () => {
  const stateOf = async (name: string) => (await nodes()).find((one) => one.name === name)?.state;
  await venue.admin("POST", "/nodes/us-1/drain");
  assert.equal(await stateOf("us-1"), "draining");
  await venue.admin("POST", "/nodes/us-1/undrain");
  assert.equal(await stateOf("us-1"), "ready");
  const { entries } = await venue.admin("GET", "/trail?limit=10");
  const [latest] = entries as readonly Record<string, unknown>[];
  assert.partialDeepStrictEqual(latest, {
    ...{ node: "us-1", target: { node: "us-1", act: "undrain" }, outcome: "done" },
  });
  assert.match(String(latest?.["by"]), /^admin_/);
});

test("a node that is gone is told as silent, and steering it says what to do", async () => {
  await crash(venue, "ap-1");
  await until("ap-1 to be silent or back", async () => (await nodes()).length === 3);
  await assert.rejects(venue.admin("POST", "/nodes/mars-1/drain"), /No node is named mars-1/);
});
