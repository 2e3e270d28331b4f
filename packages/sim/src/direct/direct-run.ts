import {
  BatchBuilder,
  type BatchHeader,
  commandLengthWords,
  encodeCreateAccount,
  encodeCreateAsset,
  encodeCreateMarket,
  encodeDeposit,
  encodeSetMarketRules,
  encodeSetRulesVersion,
  type MarketParameters,
  openBatch,
  readEvents,
  Venue,
  type WordWriter,
} from "@halcyon/core";
import { drawRules } from "../load/rule-forms.ts";
import { readBatch } from "../reference/command-reader.ts";
import { eventLine } from "../reference/event-line.ts";
import { referenceStateLines } from "../reference/reference-lines.ts";
import { ReferenceVenue } from "../reference/reference-venue.ts";
import { stateLines } from "../venue/state-lines.ts";
import { Random } from "../world/random.ts";
import { DeedMaker, type Grounds } from "./deed-maker.ts";
import { type Deed, deedText, encodeDeed } from "./deeds.ts";

const firstCustomer = 2;
const centerTicks = 100;
const ppmPerTick = 1_000_000 / centerTicks;

/** One batch, as data. */
export type Step = {
  readonly node: number;
  readonly timeMs: number;
  readonly deeds: readonly Deed[];
  /** Before it the venue is saved and restored. */
  readonly restores: boolean;
};

export type DirectOptions = {
  readonly seed: number;
  readonly batches: number;
  readonly hasNewRules: boolean;
  /** To plant a bug: at the venue, whenever there is a new one. */
  readonly sabotage?: (venue: Venue) => void;
};

const grid: MarketParameters = {
  symbol: "AB",
  baseAsset: 0,
  quoteAsset: 1,
  tickUnits: 100n,
  lotUnits: 10n,
  priceTicksMin: 5,
  priceTicksMax: 400,
  quantityLotsMin: 2,
  quantityLotsMax: 60,
  marketQuantityLotsMax: 25,
  notionalMin: 25_000n,
  makerFeePpm: 1_000,
  takerFeePpm: 2_500,
  openOrdersMax: 9,
};
/** Amounts beyond 2^53. */
const largeGrid: MarketParameters = {
  ...grid,
  symbol: "CB",
  baseAsset: 2,
  tickUnits: 10n,
  lotUnits: 300_000_000_000_001n,
  notionalMin: 0n,
  makerFeePpm: 0,
};

/** A venue of the core and one of the reference, side by side through the same batches. */
class Pair {
  venue: Venue;
  readonly reference = new ReferenceVenue();
  readonly #builder = new BatchBuilder();
  readonly #options: DirectOptions;

  constructor(options: DirectOptions) {
    this.#options = options;
    this.venue = this.#sabotaged(Venue.create());
    this.#setUp(new Random(options.seed, "set-up"));
  }

  #sabotaged(venue: Venue): Venue {
    this.#options.sabotage?.(venue);
    return venue;
  }

  #setUp(random: Random): void {
    const quoteUnits = BigInt(random.pick([300_000, 3_000_000, 10 ** 9]));
    const large = [2n * 10n ** 18n, largeGrid.lotUnits * 60n];
    for (const [code, decimals] of [
      ["A", 1],
      ["B", 1],
      ["C", 1],
    ] as const) {
      this.#builder.add((w) => encodeCreateAsset(w, {}, { code, decimals }));
    }
    const markets = random.chance(0.3) ? [grid, largeGrid] : [grid];
    for (const market of markets) this.#builder.add((w) => encodeCreateMarket(w, {}, market));
    const deposit = (account: number, asset: number, amount: bigint) =>
      this.#builder.add((w) =>
        encodeDeposit(w, {}, { account, asset, amount, network: "", address: "", reference: "" }),
      );
    for (let account = firstCustomer; account < firstCustomer + 4; account++) {
      this.#builder.add((w) => encodeCreateAccount(w, {}, { label: "" }));
      deposit(account, 0, 600n);
      deposit(account, 1, markets.length > 1 ? large[0]! : quoteUnits);
      if (markets.length > 1) deposit(account, 2, large[1]!);
    }
    if (this.#options.hasNewRules) {
      this.#builder.add((w) => encodeSetRulesVersion(w, {}, { version: random.pick([2, 3]) }));
      for (const market of markets.keys()) {
        const rules = drawRules(random, ppmPerTick);
        if (random.chance(0.7)) {
          this.#builder.add((w) => encodeSetMarketRules(w, {}, { market, rules }));
        }
      }
    }
    const wrong = this.apply({ node: 0, timeMs: 1_000, deeds: [], restores: false });
    if (wrong !== null) throw new Error(`set-up: ${wrong}`);
  }

  /** Applies a batch to both; says where they differ. */
  apply(step: Step): string | null {
    if (step.restores) {
      const saved = this.venue.save();
      this.venue = this.#sabotaged(Venue.restore(saved));
    }
    for (const each of step.deeds) {
      this.#builder.add((w: WordWriter) => encodeDeed(each, w));
    }
    const header: BatchHeader = {
      nodeId: step.node,
      incarnation: 1,
      sequence: this.venue.position + 1,
      timeMs: step.timeMs,
      claim: null,
    };
    const bytes = this.#builder.finish(header);
    const batch = openBatch(bytes);
    const { venue } = this;
    const { events } = venue;
    const outcome = this.reference.applyBatch(readBatch(bytes));
    venue.beginBatch(batch, venue.position + 1);
    const wrongStart = difference(linesOf(venue, 0), outcome.start);
    if (wrongStart !== null) return `before the first command: ${wrongStart}`;
    for (let at = batch.firstCommandAt, index = 0; at < batch.end; index++) {
      const from = events.length;
      venue.applyCommand(batch.words, at);
      const wrong = difference(linesOf(venue, from), outcome.commands[index]!.lines);
      if (wrong !== null) return `command ${index}: ${wrong}`;
      at += commandLengthWords(batch.words, at);
    }
    venue.endBatch();
    return null;
  }

  /** Compares balances, open orders and levels; and the venue's own sums. */
  compare(): string | null {
    const { state } = this.reference;
    const audit = this.venue.audit();
    if (!audit.balanced) return `the audit is not balanced: ${auditText(audit)}`;
    return difference(stateLines(this.venue, state.accounts.length), referenceStateLines(state));
  }
}

function auditText({ assets }: ReturnType<Venue["audit"]>): string {
  return assets
    .filter(({ balanced }) => !balanced)
    .map(({ code, entered, owed, held, heldByOrders }) =>
      [code, "entered", entered, "owed", owed, "held", held, "by orders", heldByOrders].join(" "),
    )
    .join("; ");
}

function linesOf(venue: Venue, from: number): string[] {
  const { events } = venue;
  return readEvents(events.words, from, events.length).map(eventLine);
}

function difference(got: readonly string[], expected: readonly string[]): string | null {
  const at = Array.from({ length: Math.max(got.length, expected.length) }).findIndex(
    (_, i) => got[i] !== expected[i],
  );
  if (at < 0) return null;
  return `line ${at} of the core is\n    ${got[at] ?? "none"}\n  of the reference\n    ${expected[at] ?? "none"}`;
}

export type DirectFailure = { readonly message: string; readonly steps: readonly Step[] };

/** Runs a seed; null: both were the same all the way. */
export function runDirect(options: DirectOptions): DirectFailure | null {
  const random = new Random(options.seed, "deeds");
  const pair = new Pair(options);
  const { state } = pair.reference;
  const grounds: Grounds = {
    accounts: 4,
    markets: state.markets.length,
    centerTicks,
    spreadTicks: random.pick([4, 6, 10, 20]),
    lotsMost: random.pick([8, 20]),
    firstCustomer,
  };
  const maker = new DeedMaker(random, grounds, state);
  const steps: Step[] = [];
  let timeMs = 1_000;
  for (let count = 0; count < options.batches; count++) {
    timeMs += random.pick([0, 1, 10, 10, 60, 60, 250, 1_500]);
    // Made one by one, so that each is drawn from the state before its batch.
    const deeds = Array.from({ length: random.pick([0, 1, 1, 1, 2, 4]) }, () => maker.next());
    const step = {
      node: random.below(3),
      timeMs: timeMs - random.below(20),
      deeds,
      restores: random.chance(0.01),
    };
    steps.push(step);
    const isLast = count === options.batches - 1;
    const wrong = checked(pair, step, isLast || random.chance(0.2));
    if (wrong !== null) return { message: wrong, steps };
  }
  return null;
}

function checked(pair: Pair, step: Step, compares: boolean): string | null {
  try {
    return pair.apply(step) ?? (compares ? pair.compare() : null);
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

/** Runs steps that were drawn before; compares the states after each. */
function replay(options: DirectOptions, steps: readonly Step[]): string | null {
  const pair = new Pair(options);
  for (const step of steps) {
    const wrong = checked(pair, step, true);
    if (wrong !== null) return wrong;
  }
  return null;
}

/** Leaves out what can be left out while it still fails: batches first, in ever smaller runs, then commands. */
export function shrink(options: DirectOptions, failure: DirectFailure): DirectFailure {
  const first = replay(options, failure.steps);
  let best: DirectFailure = first === null ? failure : { message: first, steps: failure.steps };
  const attempt = (steps: readonly Step[]): boolean => {
    const message = replay(options, steps);
    if (message !== null) best = { message, steps };
    return message !== null;
  };
  for (let size = best.steps.length >> 1; size >= 1; size >>= 1) {
    for (let at = best.steps.length - size; at >= 0; at -= size) {
      attempt(best.steps.toSpliced(at, size));
    }
  }
  for (let at = best.steps.length - 1; at >= 0; at--) {
    const step = best.steps[at]!;
    if (step.restores) attempt(best.steps.with(at, { ...step, restores: false }));
    for (let index = step.deeds.length - 1; index >= 0; index--) {
      const now = best.steps[at]!;
      attempt(best.steps.with(at, { ...now, deeds: now.deeds.toSpliced(index, 1) }));
    }
  }
  return best;
}

export function failureText(seed: number, { message, steps }: DirectFailure): string {
  const lines = steps.flatMap(({ node, timeMs, deeds, restores }) => [
    `  at ${timeMs} by node ${node}${restores ? ", restored" : ""}`,
    ...deeds.map((each) => `    ${deedText(each)}`),
  ]);
  return [`seed ${seed}: ${message}`, "after", ...lines].join("\n");
}
