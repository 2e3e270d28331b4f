import {
  BatchBuilder,
  encodeCancelOrder,
  encodeCancelReplace,
  encodeCreateAccount,
  encodeCreateAsset,
  encodeCreateMarket,
  encodeDeposit,
  encodePlaceOrder,
  orderType,
  type PlaceOrder,
  type Side,
  timeInForce,
} from "@halcyon/core";
import {
  type Flow,
  flowCommandWords,
  flowHeaderWords,
  flowType,
  marketsOf,
  type VenueShape,
} from "./flow.ts";

export type BatchSize = { readonly bytesMax: number; readonly commandsMax: number };
/** As full as a node's batches are under load, and as small as they are when little happens. */
export const fullBatches: BatchSize = { bytesMax: 256 * 1024, commandsMax: Infinity };
export const smallBatches: BatchSize = { bytesMax: 256 * 1024, commandsMax: 100 };

/** The venue's own two accounts come first. */
const firstAccount = 2;
type Encode = Parameters<BatchBuilder["add"]>[0];

/**
 * A flow as batches of the venue's own commands: first `setup`, then `prefill`, then `timed`, each
 * once. Core order ids count up with each accepted order, so the ids that cancels need are known
 * before anything runs.
 */
export class FlowEncoder {
  /** Which flow id each core order id stands for. */
  readonly flowIdByOrderId: Int32Array;
  private readonly flow: Flow;
  private readonly size: BatchSize;
  private readonly orderIdByFlowId: Int32Array;
  private readonly builder = new BatchBuilder();
  private nextOrderId = 1;
  private sequence = 0;

  constructor(flow: Flow, size: BatchSize = fullBatches) {
    this.flow = flow;
    this.size = size;
    this.orderIdByFlowId = new Int32Array(flow.idEnd + 1);
    this.flowIdByOrderId = new Int32Array(flow.idEnd + flow.commandCount + 2);
  }

  setup(): Generator<Uint8Array> {
    return this.batches(setupCommands(this.flow.shape));
  }
  prefill(): Generator<Uint8Array> {
    return this.batches(this.orders(0, this.flow.prefillCount));
  }
  timed(): Generator<Uint8Array> {
    const { prefillCount, commandCount } = this.flow;
    return this.batches(this.orders(prefillCount, prefillCount + commandCount));
  }

  private *batches(commands: Iterable<Encode>): Generator<Uint8Array> {
    const { builder, size } = this;
    for (const encode of commands) {
      builder.add(encode);
      const isFull =
        builder.lengthBytes > size.bytesMax || builder.commandCount >= size.commandsMax;
      if (isFull) yield this.finish();
    }
    if (builder.commandCount > 0) yield this.finish();
  }

  private finish(): Uint8Array {
    const sequence = this.sequence++;
    const timeMs = 1_700_000_000_000 + sequence;
    return this.builder.finish({ nodeId: 0, incarnation: 1, sequence, timeMs, claim: null });
  }

  private *orders(from: number, to: number): Generator<Encode> {
    for (let i = from; i < to; i++) {
      const at = flowHeaderWords + i * flowCommandWords;
      const type = this.flow.words[at]!;
      const flowId = this.flow.words[at + 5]!;
      const order = this.orderAt(at);
      const cancel = {
        account: order.account,
        market: order.market,
        orderId: this.orderIdByFlowId[flowId]!,
        clientOrderId: "",
        cancelClientOrderId: "",
      };
      yield (w) => {
        if (type === flowType.cancel) encodeCancelOrder(w, {}, cancel);
        else if (type === flowType.amend) {
          encodeCancelReplace(w, {}, { allowFailure: false, cancel, order });
        } else encodePlaceOrder(w, {}, order);
      };
      if (type !== flowType.cancel) {
        this.orderIdByFlowId[flowId] = this.nextOrderId;
        this.flowIdByOrderId[this.nextOrderId++] = flowId;
      }
    }
  }

  private orderAt(at: number): PlaceOrder {
    const { words } = this.flow;
    const isMarket = words[at] === flowType.market;
    return {
      account: firstAccount + words[at + 2]! - 1,
      market: words[at + 6]!,
      side: words[at + 1] as Side,
      type: isMarket ? orderType.market : orderType.limit,
      timeInForce: isMarket ? timeInForce.ioc : timeInForce.gtc,
      priceTicks: isMarket ? 0 : words[at + 3]!,
      quantityLots: words[at + 4]!,
      quoteUnits: 0,
      clientOrderId: "",
    };
  }
}

/** Market m trades asset m for the one quote asset, which comes after them. Fees and every filter are on. */
function* setupCommands(shape: VenueShape): Generator<Encode> {
  const quoteAsset = shape.markets;
  for (let m = 0; m < shape.markets; m++) {
    yield (w) => encodeCreateAsset(w, {}, { code: `BASE${m}`, decimals: 0 });
  }
  yield (w) => encodeCreateAsset(w, {}, { code: "QUOTE", decimals: 6 });
  for (let m = 0; m < shape.markets; m++) {
    const market = {
      symbol: `BASE${m}QUOTE`,
      baseAsset: m,
      quoteAsset,
      tickUnits: 1n,
      lotUnits: 1n,
      priceTicksMin: 1,
      priceTicksMax: shape.priceTicksMax,
      quantityLotsMin: 1,
      quantityLotsMax: 1_000_000,
      marketQuantityLotsMax: 1_000_000,
      notionalMin: 1n,
      makerFeePpm: 1000,
      takerFeePpm: 2000,
      openOrdersMax: 1000,
    };
    yield (w) => encodeCreateMarket(w, {}, market);
  }
  for (let user = 1; user <= shape.users; user++) {
    yield (w) => encodeCreateAccount(w, {}, { label: `user ${user}` });
  }
  // As much as all users together may own of one asset, in equal parts.
  const amount = 8_000_000_000_000_000_000n / BigInt(shape.users);
  for (let user = 1; user <= shape.users; user++) {
    for (const asset of [...marketsOf(user, shape), quoteAsset]) {
      const money = { account: firstAccount + user - 1, asset, amount };
      yield (w) => encodeDeposit(w, {}, { ...money, network: "", address: "", reference: "" });
    }
  }
}
