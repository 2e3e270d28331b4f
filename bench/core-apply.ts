import { Side as LibrarySide, OrderBook } from "nodejs-order-book";
import { commonShape } from "./common-flow.ts";
import { FlowEncoder } from "./core-encode.ts";
import type { PartOptions, PartResult } from "./core-parts.ts";
import { encodeWhole, runFlow, timeCommands, timeWhole } from "./core-run.ts";
import { median } from "./figures.ts";
import { type Flow, flowCommandWords, flowHeaderWords, flowType, readFlow } from "./flow.ts";

/** The core on the common flow, beside npm's nodejs-order-book on its beginning, the three taking turns. */
export function measureApply(options: PartOptions): PartResult {
  const flow = readFlow(options.commonFlow, commonShape);
  const libraryFlow = readFlow(options.libraryFlow, commonShape);
  const encoded = encodeWhole(flow, new FlowEncoder(flow));
  const rates = { apply: [] as number[], whole: [] as number[], library: [] as number[] };
  const wrong = new Set<string>();
  for (let run = -1; run < options.runs; run++) {
    const apply = runFlow(encoded, timeCommands);
    const whole = runFlow(encoded, timeWhole);
    const librarySeconds = options.withLibrary ? runLibrary(libraryFlow) : Number.NaN;
    for (const text of [apply.wrong, whole.wrong]) if (text !== "") wrong.add(text);
    if (run < 0) continue; // The first of each warms up.
    rates.apply.push(flow.commandCount / apply.seconds);
    rates.whole.push(flow.commandCount / whole.seconds);
    rates.library.push(libraryFlow.commandCount / librarySeconds);
  }
  const applyPerSecond = median(rates.apply);
  const wholePerSecond = median(rates.whole);
  const nodejsOrderBookPerSecond = median(rates.library);
  const beside = {
    nodejsOrderBookPerSecond,
    applyRatio: applyPerSecond / nodejsOrderBookPerSecond,
    wholeRatio: wholePerSecond / nodejsOrderBookPerSecond,
  };
  return {
    figures: { applyPerSecond, wholePerSecond, ...(options.withLibrary ? beside : {}) },
    wrong: [...wrong].join("; "),
  };
}

/** Seconds for the library on the flow. It keeps no balances and no accounts; its string ids are made beforehand. */
function runLibrary(flow: Flow): number {
  const book = new OrderBook();
  const ids = Array.from({ length: flow.idEnd + 1 }, (_, id) => String(id));
  const { words } = flow;
  const count = flow.prefillCount + flow.commandCount;
  let from = performance.now();
  for (let i = 0; i < count; i++) {
    if (i === flow.prefillCount) from = performance.now();
    const at = flowHeaderWords + i * flowCommandWords;
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
