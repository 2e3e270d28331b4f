import type {
  KeyKind,
  MarketParameters,
  MarketState,
  OrderType,
  Side,
  TimeInForce,
} from "./command.ts";
import { kindSide, kindTimeInForce, kindType } from "./command.ts";
import type { Refusal } from "./refusal.ts";
import { readI64, readU53, WordReader } from "./word-reader.ts";

/**
 * Events: what a command changed, as words like the commands.
 *
 *   word 0   type (bits 0-7) | flags (bits 8-15) | length in words, this one included (bits 16-31)
 *
 * The time of an event is the log time of its batch. Positions of the fields are written down once,
 * in the writers of `EventBuffer` and in the readers below.
 */
export const eventType = {
  refused: 1,
  orderAccepted: 2,
  fill: 3,
  orderClosed: 4,
  orderReduced: 5,
  deposited: 10,
  withdrawn: 11,
  assetCreated: 20,
  marketCreated: 21,
  marketStateChanged: 22,
  marketFeesChanged: 23,
  accountCreated: 24,
  accountFlagsChanged: 25,
  accountFeesChanged: 26,
  keyCreated: 27,
  keyRevoked: 28,
  /** The outcome of an earlier command with the same request id: its events follow, nested. They changed nothing now. */
  repeated: 30,
} as const;
export type EventType = (typeof eventType)[keyof typeof eventType];

/** Which part of the command was refused: cancel-replace has two. */
export const refusedStage = { whole: 0, cancel: 1, place: 2 } as const;
export type RefusedStage = (typeof refusedStage)[keyof typeof refusedStage];

export const closeReason = {
  /** Cancelled on request. */
  cancelled: 1,
  /** The rest of a market, IOC or FOK order that found no counterpart. */
  expired: 2,
  /** Cancelled by the new order of a cancel-replace. */
  replaced: 3,
  /** A market order by quote quantity that spent or earned all it could. */
  filled: 4,
} as const;
export type CloseReason = (typeof closeReason)[keyof typeof closeReason];

export type RefusedEvent = {
  readonly type: "refused";
  readonly code: Refusal;
  readonly stage: RefusedStage;
  readonly commandType: number;
};
export type OrderAcceptedEvent = {
  readonly type: "orderAccepted";
  readonly orderId: number;
  readonly account: number;
  readonly market: number;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly quoteUnits: number;
  readonly clientOrderId: string;
};
export type FillEvent = {
  readonly type: "fill";
  readonly market: number;
  /** Counts from 1 within the market. */
  readonly tradeId: number;
  readonly priceTicks: number;
  readonly quantityLots: number;
  /** Price times quantity, in quote units. */
  readonly quoteUnits: bigint;
  readonly takerSide: Side;
  readonly takerOrderId: number;
  readonly makerOrderId: number;
  readonly takerAccount: number;
  readonly makerAccount: number;
  /** In units of what each side receives: the buyer base, the seller quote. */
  readonly takerFee: bigint;
  readonly makerFee: bigint;
  readonly takerRemainingLots: number;
  /** 0: the maker order is filled and gone. */
  readonly makerRemainingLots: number;
};
export type OrderClosedEvent = {
  readonly type: "orderClosed";
  readonly orderId: number;
  readonly account: number;
  readonly market: number;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly priceTicks: number;
  readonly reason: CloseReason;
  readonly remainingLots: number;
  /** Whether it stood on the book, that is, whether the depth at its price changed. */
  readonly wasResting: boolean;
  readonly cancelClientOrderId: string;
};
export type OrderReducedEvent = {
  readonly type: "orderReduced";
  readonly orderId: number;
  readonly account: number;
  readonly market: number;
  readonly side: Side;
  readonly priceTicks: number;
  readonly byLots: number;
  readonly remainingLots: number;
};
export type MoneyMovedEvent = {
  readonly type: "deposited" | "withdrawn";
  /** Counts from 1 over deposits and withdrawals together. */
  readonly transferId: number;
  readonly account: number;
  readonly asset: number;
  readonly amount: bigint;
  readonly network: string;
  readonly address: string;
  readonly reference: string;
};
export type VenueEvent =
  | RefusedEvent
  | OrderAcceptedEvent
  | FillEvent
  | OrderClosedEvent
  | OrderReducedEvent
  | MoneyMovedEvent
  | {
      readonly type: "assetCreated";
      readonly asset: number;
      readonly code: string;
      readonly decimals: number;
    }
  | {
      readonly type: "marketCreated";
      readonly market: number;
      readonly parameters: MarketParameters;
    }
  | { readonly type: "marketStateChanged"; readonly market: number; readonly state: MarketState }
  | {
      readonly type: "marketFeesChanged";
      readonly market: number;
      readonly makerFeePpm: number;
      readonly takerFeePpm: number;
    }
  | { readonly type: "accountCreated"; readonly account: number; readonly label: string }
  | { readonly type: "accountFlagsChanged"; readonly account: number; readonly flags: number }
  | {
      readonly type: "accountFeesChanged";
      readonly account: number;
      readonly makerFeePpm: number;
      readonly takerFeePpm: number;
    }
  | {
      readonly type: "keyCreated";
      readonly account: number;
      readonly kind: KeyKind;
      readonly name: string;
    }
  | { readonly type: "keyRevoked"; readonly account: number; readonly name: string };

export function eventLengthWords(words: Int32Array, at: number): number {
  return words[at]! >>> 16;
}
export function eventTypeAt(words: Int32Array, at: number): number {
  return words[at]! & 0xff;
}

/** Decodes the events in words[start, end). A `repeated` event is opened: what it nests is returned. */
export function readEvents(words: Int32Array, start: number, end: number): VenueEvent[] {
  const events: VenueEvent[] = [];
  for (let at = start; at < end; ) {
    if (eventTypeAt(words, at) === eventType.repeated) {
      at += 1;
      continue;
    }
    events.push(readEvent(words, at));
    at += eventLengthWords(words, at);
  }
  return events;
}

/** Whether these events repeat an earlier outcome, so that no projection may count them again. */
export function isRepeated(words: Int32Array, start: number, end: number): boolean {
  return end > start && eventTypeAt(words, start) === eventType.repeated;
}

export function readEvent(words: Int32Array, at: number): VenueEvent {
  const type = eventTypeAt(words, at) as EventType;
  switch (type) {
    case eventType.orderAccepted:
      return readOrderAccepted(words, at);
    case eventType.fill:
      return readFill(words, at);
    case eventType.orderClosed:
      return readOrderClosed(words, at);
    case eventType.orderReduced:
      return readOrderReduced(words, at);
    case eventType.refused:
      return {
        type: "refused",
        code: words[at + 1]! as Refusal,
        stage: words[at + 2]! as RefusedStage,
        commandType: words[at + 3]!,
      };
    default:
      return readRareEvent(type, words, at);
  }
}

function readOrderAccepted(words: Int32Array, at: number): OrderAcceptedEvent {
  const kind = words[at + 5]!;
  const reader = new WordReader(words, at + 11, at + eventLengthWords(words, at));
  return {
    type: "orderAccepted",
    orderId: readU53(words, at + 1),
    account: words[at + 3]!,
    market: words[at + 4]!,
    side: kindSide(kind),
    orderType: kindType(kind),
    timeInForce: kindTimeInForce(kind),
    priceTicks: words[at + 6]!,
    quantityLots: readU53(words, at + 7),
    quoteUnits: readU53(words, at + 9),
    clientOrderId: reader.text(64),
  };
}

function readFill(words: Int32Array, at: number): FillEvent {
  return {
    type: "fill",
    market: words[at + 1]!,
    tradeId: readU53(words, at + 2),
    priceTicks: words[at + 4]!,
    quantityLots: readU53(words, at + 5),
    quoteUnits: readI64(words, at + 7),
    takerSide: ((words[at]! >> 8) & 1) as Side,
    takerOrderId: readU53(words, at + 9),
    makerOrderId: readU53(words, at + 11),
    takerAccount: words[at + 13]!,
    makerAccount: words[at + 14]!,
    takerFee: readI64(words, at + 15),
    makerFee: readI64(words, at + 17),
    takerRemainingLots: readU53(words, at + 19),
    makerRemainingLots: readU53(words, at + 21),
  };
}

function readOrderClosed(words: Int32Array, at: number): OrderClosedEvent {
  const kind = words[at + 5]!;
  const reader = new WordReader(words, at + 9, at + eventLengthWords(words, at));
  return {
    type: "orderClosed",
    orderId: readU53(words, at + 1),
    account: words[at + 3]!,
    market: words[at + 4]!,
    side: kindSide(kind),
    orderType: kindType(kind),
    priceTicks: words[at + 6]!,
    reason: ((words[at]! >> 8) & 7) as CloseReason,
    wasResting: ((words[at]! >> 15) & 1) === 1,
    remainingLots: readU53(words, at + 7),
    cancelClientOrderId: reader.text(64),
  };
}

function readOrderReduced(words: Int32Array, at: number): OrderReducedEvent {
  return {
    type: "orderReduced",
    orderId: readU53(words, at + 1),
    account: words[at + 3]!,
    market: words[at + 4]!,
    side: kindSide(words[at + 5]!),
    priceTicks: words[at + 6]!,
    byLots: readU53(words, at + 7),
    remainingLots: readU53(words, at + 9),
  };
}

function readRareEvent(type: EventType, words: Int32Array, at: number): VenueEvent {
  const r = new WordReader(words, at + 1, at + eventLengthWords(words, at));
  switch (type) {
    case eventType.deposited:
    case eventType.withdrawn:
      return {
        type: type === eventType.deposited ? "deposited" : "withdrawn",
        transferId: r.u53(),
        account: r.i32(),
        asset: r.i32(),
        amount: r.i64(),
        network: r.text(64),
        address: r.text(256),
        reference: r.text(128),
      };
    case eventType.assetCreated:
      return { type: "assetCreated", asset: r.i32(), code: r.text(64), decimals: r.i32() };
    case eventType.marketCreated:
      return { type: "marketCreated", market: r.i32(), parameters: readMarketParameters(r) };
    case eventType.marketStateChanged:
      return { type: "marketStateChanged", market: r.i32(), state: r.i32() as MarketState };
    case eventType.marketFeesChanged:
      return {
        type: "marketFeesChanged",
        market: r.i32(),
        makerFeePpm: r.i32(),
        takerFeePpm: r.i32(),
      };
    case eventType.accountCreated:
      return { type: "accountCreated", account: r.i32(), label: r.text(1024) };
    case eventType.accountFlagsChanged:
      return { type: "accountFlagsChanged", account: r.i32(), flags: r.i32() };
    case eventType.accountFeesChanged:
      return {
        type: "accountFeesChanged",
        account: r.i32(),
        makerFeePpm: r.i32(),
        takerFeePpm: r.i32(),
      };
    case eventType.keyCreated:
      return { type: "keyCreated", account: r.i32(), kind: r.i32() as KeyKind, name: r.text(256) };
    case eventType.keyRevoked:
      return { type: "keyRevoked", account: r.i32(), name: r.text(256) };
    default:
      throw new Error(`event type ${type} is none that this core writes`);
  }
}

/** The parameters of a market in the order in which `encodeCreateMarket` writes them. */
export function readMarketParameters(r: WordReader): MarketParameters {
  return {
    symbol: r.text(64),
    baseAsset: r.i32(),
    quoteAsset: r.i32(),
    tickUnits: r.i64(),
    lotUnits: r.i64(),
    priceTicksMin: r.i32(),
    priceTicksMax: r.i32(),
    quantityLotsMin: r.u53(),
    quantityLotsMax: r.u53(),
    marketQuantityLotsMax: r.u53(),
    notionalMin: r.i64(),
    makerFeePpm: r.i32(),
    takerFeePpm: r.i32(),
    openOrdersMax: r.i32(),
  };
}
