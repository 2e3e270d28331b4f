import { openLog } from "@halcyon/log";
import { raiseInliningLimits, readProcessConfig } from "@halcyon/process";
import type { NodeConfig } from "./config.ts";

raiseInliningLimits();
const config = readProcessConfig<NodeConfig>(process.argv[2]);
const opening = openLog(config.log);
// Another process checks the log: what a node consists of is loaded meanwhile.
const { runNode } = await import("./run-node.ts");
await runNode(config, await opening);
