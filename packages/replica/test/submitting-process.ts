// A node that is going to be killed: submits orders to the LMDB log at the given path without end,
// and prints the id of each one that was acknowledged, a line each.
import { writeSync } from "node:fs";
import { openLog } from "@halcyon/log";
import { LogReplica } from "@halcyon/replica";
import { limitOrder, openVenue, requestId, seller, until } from "./support.ts";

const [path, nodeId] = process.argv.slice(2) as [string, string];
const log = await openLog({ kind: "lmdb", path });
const replica = new LogReplica({
  nodeName: `n${nodeId}`,
  nodeId: Number(nodeId),
  log,
  snapshots: null,
});
await replica.start();
await until(() => replica.health().ok, "a ready replica");
if (replica.venue.markets.all().length === 0) await openVenue(replica);

let count = 0;
async function submitOrders(): Promise<void> {
  for (;;) {
    const n = count++;
    const origin = { requestId: requestId((process.pid << 12) | (n & 0xfff)) };
    const order = limitOrder(seller, "sell", 1_000 + (n % 50), 1, origin, `${process.pid}-${n}`);
    const outcome = await replica.submit("normal", order);
    if (outcome.kind !== "applied") throw new Error(outcome.kind);
    // Synchronous, so that what was acknowledged has left this process when it is killed.
    writeSync(1, `${process.pid}-${n}\n`);
  }
}
await Promise.all(Array.from({ length: 16 }, submitOrders));
