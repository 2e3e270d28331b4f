import { Side as LibrarySide, OrderBook } from "nodejs-order-book";
import { commonShape } from "./common-flow.ts";
import { FlowEncoder, fullBatches, rulesNote } from "./core-encode.ts";
import { type Part, type PartOptions, wrongOf } from "./core-parts.ts";
import { encodeWhole, runFlow, timeCommands, timeWhole } from "./core-run.ts";
import { type Flow, flowCommandWords, flowHeaderWords, flowType, readFlow } from "./flow.ts";
import { type Elapsed, startWatch } from "./stopwatch.ts";

/** The core on the common flow, beside npm's nodejs-order-book on a shorter one, taking turns. */
export function applyPart({ commonFlow, shortFlow, withLibrary }: PartOptions): Part {
  const flow = readFlow(commonFlow, commonShape);
  const encoded = encodeWhole(flow, new FlowEncoder(flow));
  const plainEncoded = encodeWhole(flow, new FlowEncoder(flow, fullBatches, "none"));
  const libraryFlow = withLibrary ? readFlow(shortFlow, commonShape) : null;
  return {
    run() {
      const apply = runFlow(encoded, timeCommands);
      const whole = runFlow(encoded, timeWhole);
      const plain = runFlow(plainEncoded, timeCommands);
      const library = libraryFlow === null ? null : runLibrary(libraryFlow);
      const rates = (clock: keyof Elapsed) => {
        const applyPerSecond = flow.commandCount / apply.time[clock];
        const wholePerSecond = flow.commandCount / whole.time[clock];
        const plainPerSecond = flow.commandCount / plain.time[clock];
        if (library === null) return { applyPerSecond, wholePerSecond, plainPerSecond };
        const nodejsOrderBookPerSecond = libraryFlow!.commandCount / library[clock];
        return {
          applyPerSecond,
          wholePerSecond,
          plainPerSecond,
          nodejsOrderBookPerSecond,
          applyRatio: applyPerSecond / nodejsOrderBookPerSecond,
          wholeRatio: wholePerSecond / nodejsOrderBookPerSecond,
        };
      };
      const wrong = wrongOf([apply, whole, plain]);
      return { figures: rates("seconds"), onCpu: rates("cpuSeconds"), wrong, note: rulesNote };
    },
  };
}

/** The library on the flow. It keeps no balances and no accounts; its string ids are made beforehand. */
function runLibrary(flow: Flow): Elapsed {
  const book = new OrderBook();
  const ids = Array.from({ length: flow.idEnd + 1 }, (_, id) => String(id));
  const { words } = flow;
  const count = flow.prefillCount + flow.commandCount;
  let elapsed = startWatch();
  for (let i = 0; i < count; i++) {
    if (i === flow.prefillCount) elapsed = startWatch();
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
  return elapsed();
}
