import {
  BatchBuilder,
  batchBytesMax,
  commandLengthWords,
  encodeCancelOrder,
  encodeCancelReplace,
  encodeCreateAccount,
  encodeCreateAsset,
  encodeCreateMarket,
  encodeDeposit,
  encodePlaceOrder,
  eventLengthWords,
  eventType,
  eventTypeAt,
  openBatch,
  orderType,
  type PlaceOrder,
  type Side,
  side,
  timeInForce,
  Venue,
} from "@halcyon/core";
import { type CommonFlow, flowHeaderWords, flowType, flowUsers } from "./common-flow.ts";

/** The flow as batches of the venue's own commands, and which flow id each core order id stands for. */
export type EncodedFlow = {
  readonly setup: Uint8Array[];
  readonly prefill: Uint8Array[];
  readonly timed: Uint8Array[];
  readonly flowIdByOrderId: Int32Array;
};

const firstAccount = 2;
const bytesPerBatch = 256 * 1024;

/** Core order ids count up with each accepted order, so the ids that cancels need are known before anything runs. */
export function encodeFlow(flow: CommonFlow): EncodedFlow {
  const orderIdByFlowId = new Float64Array(flow.idEnd + 1);
  const flowIdByOrderId = new Int32Array(flow.idEnd + flow.commandCount + 2);
  let nextOrderId = 1;
  const batches = new Batches();
  const accept = (flowId: number) => {
    orderIdByFlowId[flowId] = nextOrderId;
    flowIdByOrderId[nextOrderId++] = flowId;
  };
  const encodeRange = (from: number, to: number): Uint8Array[] => {
    for (let i = from; i < to; i++) {
      const at = flowHeaderWords + i * 8;
      const [type, flowSide, user, price, quantity, flowId] = flow.words.subarray(at, at + 6);
      const account = firstAccount + user! - 1;
      const order = toOrder(account, flowSide as Side, type!, price!, quantity!);
      const cancel = {
        account,
        market: 0,
        orderId: orderIdByFlowId[flowId!]!,
        clientOrderId: "",
        cancelClientOrderId: "",
      };
      batches.add((w) => {
        if (type === flowType.cancel) encodeCancelOrder(w, {}, cancel);
        else if (type === flowType.amend) {
          encodeCancelReplace(w, {}, { allowFailure: false, cancel, order });
        } else encodePlaceOrder(w, {}, order);
      });
      if (type !== flowType.cancel) accept(flowId!);
    }
    return batches.take();
  };
  return {
    setup: encodeSetup(),
    prefill: encodeRange(0, flow.prefillCount),
    timed: encodeRange(flow.prefillCount, flow.prefillCount + flow.commandCount),
    flowIdByOrderId,
  };
}

function toOrder(account: number, of: Side, type: number, price: number, lots: number): PlaceOrder {
  const isMarket = type === flowType.market;
  return {
    account,
    market: 0,
    side: of,
    type: isMarket ? orderType.market : orderType.limit,
    timeInForce: isMarket ? timeInForce.ioc : timeInForce.gtc,
    priceTicks: isMarket ? 0 : price,
    quantityLots: lots,
    quoteUnits: 0,
    clientOrderId: "",
  };
}

function encodeSetup(): Uint8Array[] {
  const batches = new Batches();
  batches.add((w) => encodeCreateAsset(w, {}, { code: "BASE", decimals: 0 }));
  batches.add((w) => encodeCreateAsset(w, {}, { code: "QUOTE", decimals: 6 }));
  batches.add((w) =>
    encodeCreateMarket(
      w,
      {},
      {
        symbol: "BASEQUOTE",
        baseAsset: 0,
        quoteAsset: 1,
        tickUnits: 1n,
        lotUnits: 1n,
        priceTicksMin: 1,
        priceTicksMax: 1_000_000,
        quantityLotsMin: 1,
        quantityLotsMax: 1_000_000,
        marketQuantityLotsMax: 1_000_000,
        notionalMin: 1n,
        makerFeePpm: 1000,
        takerFeePpm: 2000,
        openOrdersMax: 1000,
      },
    ),
  );
  for (let user = 0; user < flowUsers; user++) {
    batches.add((w) => encodeCreateAccount(w, {}, { label: `user ${user + 1}` }));
  }
  for (let user = 0; user < flowUsers; user++) {
    for (const asset of [0, 1]) {
      const money = { account: firstAccount + user, asset, amount: 1_000_000_000_000_000n };
      batches.add((w) =>
        encodeDeposit(w, {}, { ...money, network: "", address: "", reference: "" }),
      );
    }
  }
  return batches.take();
}

class Batches {
  private readonly builder = new BatchBuilder();
  private readonly full: Uint8Array[] = [];
  private sequence = 0;

  add(encode: Parameters<BatchBuilder["add"]>[0]): void {
    this.builder.add(encode);
    if (this.builder.lengthBytes > Math.min(bytesPerBatch, batchBytesMax / 2)) this.close();
  }
  private close(): void {
    const timeMs = 1_700_000_000_000 + this.sequence;
    this.full.push(
      this.builder.finish({
        nodeId: 0,
        incarnation: 1,
        sequence: this.sequence++,
        timeMs,
        claim: null,
      }),
    );
  }
  take(): Uint8Array[] {
    if (this.builder.commandCount > 0) this.close();
    return this.full.splice(0);
  }
}

export type FlowRun = {
  readonly seconds: number;
  readonly correct: boolean;
  readonly wrong: string;
};

/**
 * Runs the flow on a fresh venue. `whole` times opening and checking the batch and hashing its
 * output too; otherwise only applying the commands. Fills and book are verified outside the clock,
 * on the very run that is timed.
 */
export function runFlow(flow: CommonFlow, encoded: EncodedFlow, whole: boolean): FlowRun {
  const venue = Venue.create();
  const fills = { hash: 0x811c9dc5 | 0, count: 0 };
  let seconds = 0;
  for (const bytes of [...encoded.setup, ...encoded.prefill, ...encoded.timed]) {
    // A view with its own buffer each: the log hands out fresh memory too.
    seconds += whole ? applyWhole(venue, bytes) : applyOnly(venue, bytes);
    if (bytes === encoded.prefill.at(-1)) seconds = 0;
    addFills(venue, encoded.flowIdByOrderId, fills);
  }
  const wrong = [
    fills.count === flow.trades ? "" : `${fills.count} trades, not ${flow.trades}`,
    fills.hash === flow.fillHash ? "" : "fill hash",
    bookHash(venue) === flow.bookHash ? "" : "book hash",
    venue.openOrderCount === flow.liveOrders ? "" : `${venue.openOrderCount} live orders`,
    venue.audit().balanced ? "" : "balances",
  ].filter((text) => text !== "");
  return { seconds, correct: wrong.length === 0, wrong: wrong.join(", ") };
}

function applyOnly(venue: Venue, bytes: Uint8Array): number {
  const batch = openBatch(bytes);
  venue.beginBatch(batch, venue.position + 1);
  const { words, end } = batch;
  const from = performance.now();
  for (let at = batch.firstCommandAt; at < end; ) {
    venue.applyCommand(words, at);
    at += commandLengthWords(words, at);
  }
  const seconds = (performance.now() - from) / 1000;
  venue.endBatch();
  return seconds;
}

function applyWhole(venue: Venue, bytes: Uint8Array): number {
  const from = performance.now();
  venue.applyBatch(bytes, venue.position + 1);
  return (performance.now() - from) / 1000;
}

function addFills(
  venue: Venue,
  flowIdByOrderId: Int32Array,
  fills: { hash: number; count: number },
): void {
  const { words, length } = venue.events;
  let hash = fills.hash;
  for (let at = 0; at < length; at += eventLengthWords(words, at)) {
    if (eventTypeAt(words, at) !== eventType.fill) continue;
    fills.count++;
    // Ids, price and quantity of this flow all fit one word.
    hash = Math.imul(hash ^ flowIdByOrderId[words[at + 11]!]!, 16777619);
    hash = Math.imul(hash ^ flowIdByOrderId[words[at + 9]!]!, 16777619);
    hash = Math.imul(hash ^ words[at + 4]!, 16777619);
    hash = Math.imul(hash ^ words[at + 5]!, 16777619);
  }
  fills.hash = hash;
}

function bookHash(venue: Venue): number {
  let hash = 0x811c9dc5 | 0;
  for (const bookSide of [side.buy, side.sell]) {
    for (const level of venue.levels(0, bookSide, 1_000_000)) {
      hash = Math.imul(hash ^ level.priceTicks, 16777619);
      hash = Math.imul(hash ^ level.quantityLots, 16777619);
    }
  }
  return hash;
}
