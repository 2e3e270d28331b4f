import { raiseInliningLimits } from "@halcyon/process";
import { Side as LibrarySide, OrderBook } from "nodejs-order-book";
import { type CommonFlow, flowHeaderWords, flowType, makeCommonFlow } from "./common-flow.ts";
import { encodeFlow, runFlow } from "./core-flow.ts";
import { median, thousands } from "./figures.ts";

export type CoreReport = {
  readonly commands: number;
  readonly runs: number;
  /** Applying commands alone: validation, matching, ledger, events. Commands a second, median of the runs. */
  readonly applyPerSecond: number;
  /** Checking and decoding the batch, applying, hashing what came out. */
  readonly wholePerSecond: number;
  readonly nodejsOrderBookPerSecond: number;
  readonly applyRatio: number;
  readonly wholeRatio: number;
  /** Fills, final book, live orders and conservation of balances, checked on every timed run. */
  readonly verified: boolean;
};

/**
 * The core on the common flow, beside npm's nodejs-order-book on the same flow, runs of both taking
 * turns. Null, loudly, where the shared flow generator is not there.
 */
export function benchCore(options: { readonly quick: boolean }): CoreReport | null {
  // Lets V8 inline a command's whole path into one function. Takes effect for what is compiled after it.
  raiseInliningLimits();
  const commands = options.quick ? 300_000 : 3_000_000;
  const libraryCommands = options.quick ? 100_000 : 500_000;
  const runs = options.quick ? 3 : 5;
  const flow = makeCommonFlow(commands);
  const libraryFlow = makeCommonFlow(libraryCommands);
  if (flow === null || libraryFlow === null) return null;
  const encoded = encodeFlow(flow);
  const seconds = { apply: [] as number[], whole: [] as number[], orderBook: [] as number[] };
  let verified = true;
  for (let run = -1; run < runs; run++) {
    const apply = runFlow(flow, encoded, false);
    const whole = runFlow(flow, encoded, true);
    const library = runLibrary(libraryFlow);
    verified &&= apply.correct && whole.correct;
    if (run < 0) continue; // The first of each warms up.
    seconds.apply.push(apply.seconds);
    seconds.whole.push(whole.seconds);
    seconds.orderBook.push(library);
  }
  const applyPerSecond = commands / median(seconds.apply);
  const wholePerSecond = commands / median(seconds.whole);
  const nodejsOrderBookPerSecond = libraryCommands / median(seconds.orderBook);
  return {
    commands,
    runs,
    applyPerSecond: Math.round(applyPerSecond),
    wholePerSecond: Math.round(wholePerSecond),
    nodejsOrderBookPerSecond: Math.round(nodejsOrderBookPerSecond),
    applyRatio: applyPerSecond / nodejsOrderBookPerSecond,
    wholeRatio: wholePerSecond / nodejsOrderBookPerSecond,
    verified,
  };
}

/** Seconds for the library on the flow. It keeps no balances and no accounts; its string ids are made beforehand. */
function runLibrary(flow: CommonFlow): number {
  const book = new OrderBook();
  const ids = Array.from({ length: flow.idEnd + 1 }, (_, id) => String(id));
  const { words } = flow;
  const count = flow.prefillCount + flow.commandCount;
  let from = performance.now();
  for (let i = 0; i < count; i++) {
    if (i === flow.prefillCount) from = performance.now();
    const at = flowHeaderWords + i * 8;
    const side = words[at + 1] === 0 ? LibrarySide.BUY : LibrarySide.SELL;
    const price = words[at + 3]!;
    const size = words[at + 4]!;
    const id = ids[words[at + 5]!]!;
    const type = words[at]!;
    if (type === flowType.limit) book.limit({ id, side, price, size });
    else if (type === flowType.cancel) book.cancel(id);
    else if (type === flowType.amend) book.modify(id, { price, size });
    else book.market({ side, size });
  }
  return (performance.now() - from) / 1000;
}

export function printCore(report: CoreReport): void {
  const row = (name: string, rate: number, ratio: string) =>
    console.log(`  ${name.padEnd(44)} ${thousands(rate).padStart(12)}/s   ${ratio}`);
  console.log(
    `core, common flow of ${thousands(report.commands)} commands, median of ${report.runs}`,
  );
  row(
    "apply (ledger, fees, filters, events)",
    report.applyPerSecond,
    `${report.applyRatio.toFixed(1)} x`,
  );
  row(
    "check + decode, apply, hash the output",
    report.wholePerSecond,
    `${report.wholeRatio.toFixed(1)} x`,
  );
  row("nodejs-order-book (no balances)", report.nodejsOrderBookPerSecond, "1.0 x");
  console.log(`  fills, book, balances of every run verified: ${report.verified ? "yes" : "NO"}`);
}
