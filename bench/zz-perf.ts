import v8 from "node:v8";

if (process.env["INL"])
  v8.setFlagsFromString("--max-inlined-bytecode-size-cumulative=" + process.env["INL"]);

import { makeCommonFlow } from "./common-flow.ts";
import { encodeFlow, runFlow } from "./core-flow.ts";

const f = makeCommonFlow(1_000_000)!;
const e = encodeFlow(f);
const W = process.argv[2] === "whole";
const rs: number[] = [];
for (let i = 0; i < 9; i++) {
  const r = runFlow(f, e, W);
  if (!r.correct) console.log("WRONG", r.wrong);
  rs.push(f.commandCount / r.seconds / 1e6);
}
rs.sort((a, b) => b - a);
console.log("best", rs[0]!.toFixed(2), "median", rs[4]!.toFixed(2));
