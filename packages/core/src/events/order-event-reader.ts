import { readI64, readU53, WordReader } from "../bytes/word-reader.ts";
import type { Contingency, SelfTradeMode, Side } from "../commands/command.ts";
import {
  kindHasTerms,
  kindSelfTradeMode,
  kindSide,
  kindTimeInForce,
  kindType,
  termsField,
  termsWords,
} from "../commands/order-command.ts";
import { eventLengthWords, eventType } from "./event.ts";
import type {
  AcceptedTerms,
  Activation,
  FillEvent,
  ListClosedEvent,
  ListOpenedEvent,
  OrderAcceptedEvent,
  OrderActivatedEvent,
  OrderAmendedEvent,
  OrderClosedEvent,
  OrderEvent,
  OrderReducedEvent,
  TradePreventedEvent,
} from "./order-event.ts";
import { acceptedField, closeReasonAt, fillField, fillTakerSide } from "./order-event-fields.ts";

/** Words of a fill's event; an auction's has two more. */
export const fillWords = 23;
/** Behind the terms of an accepted order: its list's id, then whether it waits for its list. */
const acceptedListAt = termsWords;
const acceptedPendingAt: number = termsWords + 2;

/** The event at words[at], undefined when it is not one of orders. */
export function readOrderEvent(words: Int32Array, at: number): OrderEvent | undefined {
  switch (words[at]! & 0xff) {
    case eventType.orderAccepted:
      return readOrderAccepted(words, at);
    case eventType.fill:
      return readFill(words, at);
    case eventType.orderClosed:
      return readOrderClosed(words, at);
    case eventType.orderReduced:
      return readOrderReduced(words, at);
    case eventType.orderActivated:
      return readOrderActivated(words, at);
    case eventType.tradePrevented:
      return readTradePrevented(words, at);
    case eventType.orderAmended:
      return readOrderAmended(words, at);
    case eventType.listOpened:
      return readListOpened(words, at);
    case eventType.listClosed:
      return readListClosed(words, at);
    default:
      return undefined;
  }
}

function readOrderAccepted(words: Int32Array, at: number): OrderAcceptedEvent {
  const f = acceptedField;
  const kind = words[at + f.kind]!;
  const end = at + eventLengthWords(words, at);
  const reader = new WordReader(words, at + f.clientIdBytes, end);
  return {
    type: "orderAccepted",
    orderId: readU53(words, at + f.orderId),
    account: words[at + f.account]!,
    market: words[at + f.market]!,
    side: kindSide(kind),
    orderType: kindType(kind),
    timeInForce: kindTimeInForce(kind),
    priceTicks: words[at + f.price]!,
    quantityLots: readU53(words, at + f.lots),
    quoteUnits: readU53(words, at + f.quoteUnits),
    clientOrderId: reader.text(64),
    selfTradeMode: kindSelfTradeMode(kind),
    terms: (kind & kindHasTerms) === 0 ? null : readAcceptedTerms(words, reader.at),
  };
}

function readAcceptedTerms(words: Int32Array, at: number): AcceptedTerms {
  return {
    stopPriceTicks: words[at + termsField.stopPrice]!,
    trailingDeltaBips: words[at + termsField.trailingDelta]!,
    icebergLots: readU53(words, at + termsField.icebergLots),
    expireAtMs: readU53(words, at + termsField.expireAtMs),
    strategyId: readU53(words, at + termsField.strategyId),
    strategyType: words[at + termsField.strategyType]!,
    listId: readU53(words, at + acceptedListAt),
    isPending: words[at + acceptedPendingAt] === 1,
  };
}

function readFill(words: Int32Array, at: number): FillEvent {
  const f = fillField;
  return {
    type: "fill",
    market: words[at + f.market]!,
    tradeId: readU53(words, at + f.tradeId),
    priceTicks: words[at + f.price]!,
    quantityLots: readU53(words, at + f.lots),
    quoteUnits: readI64(words, at + f.quoteUnits),
    takerSide: fillTakerSide(words, at),
    takerOrderId: readU53(words, at + f.takerOrderId),
    makerOrderId: readU53(words, at + f.makerOrderId),
    takerAccount: words[at + f.takerAccount]!,
    makerAccount: words[at + f.makerAccount]!,
    takerFee: readI64(words, at + f.takerFee),
    makerFee: readI64(words, at + f.makerFee),
    takerRemainingLots: readU53(words, at + f.takerLeft),
    makerRemainingLots: readU53(words, at + f.makerLeft),
    auction:
      eventLengthWords(words, at) === fillWords
        ? null
        : { takerPriceTicks: words[at + 23]!, makerPriceTicks: words[at + 24]! },
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
    reason: closeReasonAt(words, at),
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

function readOrderActivated(words: Int32Array, at: number): OrderActivatedEvent {
  const kind = words[at + 5]!;
  return {
    type: "orderActivated",
    orderId: readU53(words, at + 1),
    account: words[at + 3]!,
    market: words[at + 4]!,
    side: kindSide(kind),
    orderType: kindType(kind),
    priceTicks: words[at + 6]!,
    activation: ((words[at]! >> 8) & 3) as Activation,
  };
}

function readTradePrevented(words: Int32Array, at: number): TradePreventedEvent {
  return {
    type: "tradePrevented",
    market: words[at + 1]!,
    preventedMatchId: readU53(words, at + 2),
    account: words[at + 4]!,
    takerOrderId: readU53(words, at + 5),
    makerOrderId: readU53(words, at + 7),
    takerSide: ((words[at]! >> 8) & 1) as Side,
    mode: ((words[at]! >> 9) & 7) as SelfTradeMode,
    priceTicks: words[at + 9]!,
    takerPreventedLots: readU53(words, at + 10),
    makerPreventedLots: readU53(words, at + 12),
  };
}

function readOrderAmended(words: Int32Array, at: number): OrderAmendedEvent {
  const r = new WordReader(words, at + 13, at + eventLengthWords(words, at));
  return {
    type: "orderAmended",
    orderId: readU53(words, at + 1),
    account: words[at + 3]!,
    market: words[at + 4]!,
    side: kindSide(words[at + 5]!),
    priceTicks: words[at + 6]!,
    oldQuantityLots: readU53(words, at + 7),
    newQuantityLots: readU53(words, at + 9),
    remainingLots: readU53(words, at + 11),
    clientOrderId: r.text(64),
    newClientOrderId: r.text(64),
  };
}

function readListOpened(words: Int32Array, at: number): ListOpenedEvent {
  const r = new WordReader(words, at + 1, at + eventLengthWords(words, at));
  const [listId, account, market] = [r.u53(), r.i32(), r.i32()];
  const of = r.i32() as Contingency;
  const orderIds: number[] = [];
  for (let count = r.i32(); count > 0 && r.ok; count--) orderIds.push(r.u53());
  const listClientOrderId = r.text(64);
  return {
    type: "listOpened",
    listId,
    account,
    market,
    contingency: of,
    orderIds,
    listClientOrderId,
  };
}

function readListClosed(words: Int32Array, at: number): ListClosedEvent {
  const r = new WordReader(words, at + 1, at + eventLengthWords(words, at));
  return {
    type: "listClosed",
    listId: r.u53(),
    account: r.i32(),
    market: r.i32(),
    cancelClientOrderId: r.text(64),
  };
}
