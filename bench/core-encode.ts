import * as core from "@halcyon/core";
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

/** Before there were market rules and self-trade prevention, a flow ran without. */
const hasRules = "encodeSetMarketRules" in core;
export const rulesNote: string = hasRules
  ? ""
  : "knows neither market rules nor self-trade prevention: its flows ran without them";

/** What all accounts together own of an asset: the ledger's range, less what trading adds to one of them. */
const unitsPerAsset = 8e18;
/** The venue's own two accounts come first. */
const firstAccount = 2;
type Encode = Parameters<BatchBuilder["add"]>[0];

/**
 * A user buys from one account and sells from another, so that none of its orders meets one of the
 * same account: self-trade prevention can be on, and every fill is still the flow's.
 */
function accountOf(user: number, side: Side): number {
  return firstAccount + 2 * (user - 1) + side;
}

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
  private readonly withRules: boolean;
  private readonly selfTradeCheck: Pick<PlaceOrder, "selfTradeMode">;
  private readonly orderIdByFlowId: Int32Array;
  private readonly builder = new BatchBuilder();
  private nextOrderId = 1;
  private sequence = 0;

  /** `rules`: with every market rule and self-trade prevention, or as plain as a market can be. */
  constructor(flow: Flow, size: BatchSize = fullBatches, rules: "all" | "none" = "all") {
    this.flow = flow;
    this.size = size;
    this.withRules = hasRules && rules === "all";
    this.selfTradeCheck = this.withRules ? { selfTradeMode: core.selfTradeMode.expireTaker } : {};
    this.orderIdByFlowId = new Int32Array(flow.idEnd + 1);
    this.flowIdByOrderId = new Int32Array(flow.idEnd + flow.commandCount + 2);
  }

  setup(): Generator<Uint8Array> {
    return this.batches(setupCommands(this.flow.shape, this.withRules));
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
    const side = words[at + 1] as Side;
    return {
      account: accountOf(words[at + 2]!, side),
      market: words[at + 6]!,
      side,
      type: isMarket ? orderType.market : orderType.limit,
      timeInForce: isMarket ? timeInForce.ioc : timeInForce.gtc,
      priceTicks: isMarket ? 0 : words[at + 3]!,
      quantityLots: words[at + 4]!,
      quoteUnits: 0,
      clientOrderId: "",
      ...this.selfTradeCheck,
    };
  }
}

/** Market m trades asset m for the one quote asset, which comes after them. Fees and every filter are on. */
function* setupCommands(shape: VenueShape, withRules: boolean): Generator<Encode> {
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
  if (withRules) yield* ruleCommands(shape);
  const accounts = 2 * shape.users;
  for (let number = 0; number < accounts; number++) {
    yield (w) => encodeCreateAccount(w, {}, { label: `account ${number}` });
  }
  const amount = BigInt(Math.floor(unitsPerAsset / accounts));
  for (let number = 0; number < accounts; number++) {
    for (const asset of [...marketsOf((number >> 1) + 1, shape), quoteAsset]) {
      const money = { account: firstAccount + number, asset, amount };
      yield (w) => encodeDeposit(w, {}, { ...money, network: "", address: "", reference: "" });
    }
  }
}

/** Every rule is on, each so wide that it lets all of the flow pass; those that tie prices to the last one only where prices are near it. */
function* ruleCommands(shape: VenueShape): Generator<Encode> {
  const far = { bidDownPpm: 0, bidUpPpm: 0, askDownPpm: 0, askUpPpm: 0, bandPpm: 0 };
  const near = {
    bidDownPpm: 100_000,
    bidUpPpm: 10_000_000,
    askDownPpm: 100_000,
    askUpPpm: 10_000_000,
    bandPpm: 900_000,
  };
  const version = core.rulesVersionMax;
  yield (w) => core.encodeSetRulesVersion(w, {}, { version });
  for (let market = 0; market < shape.markets; market++) {
    const rules = {
      ...(market < shape.nearMarkets ? near : far),
      notionalMax: 2n ** 53n - 1n,
      algoOrdersMax: 100,
      orderListsMax: 20,
      icebergPartsMax: 100,
      trailingAboveBipsMin: 10,
      trailingAboveBipsMax: 2_000,
      trailingBelowBipsMin: 10,
      trailingBelowBipsMax: 2_000,
      positionLotsMax: 2 ** 53 - 1,
      selfTradeModeDefault: core.selfTradeMode.expireTaker,
      selfTradeModes: 0b11111,
      bandWindowMs: 60_000,
      haltMs: 1_000,
      cancelOnlyMs: 1_000,
      auctionMs: 1_000,
    };
    yield (w) => core.encodeSetMarketRules(w, {}, { market, rules });
  }
}
