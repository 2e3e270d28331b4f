import assert from "node:assert/strict";
import { test } from "node:test";
import { hunt } from "../src/plants/hunt.ts";
import { plants } from "../src/plants/plants.ts";

/** One of each kind, the quick ones; `npm run sim -- --plants` hunts all. */
const quick: Readonly<Record<string, string>> = {
  "a retry gets a new request id": "exactly once",
  "acknowledged before it is durable": "exactly once",
  "a stale read is served as fresh": "sessions",
  "an old program goes on under rules it does not know": "hashes",
  "a depth event is dropped": "depth",
  "a reader skips an entry": "hashes",
  "an order id is skipped in a snapshot": "hashes",
  "a request sent again is executed again": "reference",
  "a hold is not released": "conservation",
  "a market opens without its auction": "book",
  "log time is the writer's time": "log time",
};

for (const [plant, checker] of Object.entries(quick)) {
  void test(`found: ${plant}`, async () => {
    const { seeds, checkers } = await hunt(plant, plants[plant]!, 8);
    assert.notEqual(seeds, null, "no checker saw it in eight seeds");
    assert.ok(checkers.includes(checker), `seen by ${checkers.join(", ")}`);
  });
}
