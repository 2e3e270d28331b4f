/**
 * A cluster of etcd for programs outside this package: `node serve.ts` prints the URL of a log in it
 * as one line, and ends it when standard input ends.
 */
import { once } from "node:events";
import { EtcdCluster } from "./cluster.ts";

const cluster = await EtcdCluster.start();
process.stdout.write(`${cluster.newLog().url}\n`);
process.stdin.resume();
await once(process.stdin, "end");
await cluster.stop();
