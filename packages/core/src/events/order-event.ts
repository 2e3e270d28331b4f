import type {
  Contingency,
  OrderType,
  SelfTradeMode,
  Side,
  TimeInForce,
} from "../commands/command.ts";
import type { OrderTerms } from "../commands/order-command.ts";

export const closeReason = {
  /** Cancelled on request. */
  cancelled: 1,
  /** The rest of a market, IOC or FOK order that found no counterpart. */
  expired: 2,
  /** Cancelled by the new order of a cancel-replace. */
  replaced: 3,
  /** A market order by quote quantity that spent or earned all it could. */
  filled: 4,
  /** It met an order of its own account. */
  selfTrade: 5,
  /** Good till date, and the date has come. */
  outOfTime: 6,
  /** Another order of its list executed, triggered or ended. */
  listEnded: 7,
  /** It was its turn to work, and it was refused: the event before says why. */
  rejected: 8,
  /** Its account was frozen. */
  accountFrozen: 9,
  /** Taking on would have moved the price out of the market's band. */
  outOfBand: 10,
} as const;
export type CloseReason = (typeof closeReason)[keyof typeof closeReason];

export const activation = {
  /** The next order of a list is placed: a stop among them now waits for its price. */
  placed: 1,
  /** A trailing order's stop price was reached: it tracks the price from here. */
  tracking: 2,
  /** The stop or trailing price was reached: the order works. */
  triggered: 3,
} as const;
export type Activation = (typeof activation)[keyof typeof activation];

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
  readonly selfTradeMode: SelfTradeMode;
  /** Null for an order that has none and is in no list. */
  readonly terms: AcceptedTerms | null;
};
export type AcceptedTerms = Required<OrderTerms> & {
  /** 0: in none. */
  readonly listId: number;
  /** It waits for its list to place it. */
  readonly isPending: boolean;
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
  /** Of an auction, both orders stood on the book: their own prices. Null otherwise. */
  readonly auction: { readonly takerPriceTicks: number; readonly makerPriceTicks: number } | null;
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
/** The order goes on; `isOnBook` of what follows is told by later events. */
export type OrderActivatedEvent = {
  readonly type: "orderActivated";
  readonly orderId: number;
  readonly account: number;
  readonly market: number;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly priceTicks: number;
  readonly activation: Activation;
};
export type TradePreventedEvent = {
  readonly type: "tradePrevented";
  readonly market: number;
  /** Counts from 1 within the market. */
  readonly preventedMatchId: number;
  /** Of both orders. */
  readonly account: number;
  readonly takerOrderId: number;
  readonly makerOrderId: number;
  readonly takerSide: Side;
  readonly mode: SelfTradeMode;
  readonly priceTicks: number;
  /** Lots that this took from each: all that it had left, or what both had in common (decrement). 0: it lost none. */
  readonly takerPreventedLots: number;
  readonly makerPreventedLots: number;
};
export type OrderAmendedEvent = {
  readonly type: "orderAmended";
  readonly orderId: number;
  readonly account: number;
  readonly market: number;
  readonly side: Side;
  readonly priceTicks: number;
  /** In all, what was executed included. */
  readonly oldQuantityLots: number;
  readonly newQuantityLots: number;
  readonly remainingLots: number;
  readonly clientOrderId: string;
  readonly newClientOrderId: string;
};
export type ListOpenedEvent = {
  readonly type: "listOpened";
  readonly listId: number;
  readonly account: number;
  readonly market: number;
  readonly contingency: Contingency;
  readonly orderIds: readonly number[];
  readonly listClientOrderId: string;
};
/** All orders of the list are closed. */
export type ListClosedEvent = {
  readonly type: "listClosed";
  readonly listId: number;
  readonly account: number;
  readonly market: number;
  /** Client's name for the cancel that ended it; empty: none. */
  readonly cancelClientOrderId: string;
};
export type OrderEvent =
  | OrderAcceptedEvent
  | FillEvent
  | OrderClosedEvent
  | OrderReducedEvent
  | OrderActivatedEvent
  | TradePreventedEvent
  | OrderAmendedEvent
  | ListOpenedEvent
  | ListClosedEvent;

/** A price level whose quantity an event may have changed. */
export type TouchedLevel = {
  readonly market: number;
  readonly side: Side;
  readonly priceTicks: number;
};

/**
 * The levels whose quantity may be another after this event: at most two. An accepted or activated
 * order counts with the level where it would rest.
 */
export function touchedLevels(event: OrderEvent): readonly TouchedLevel[] {
  switch (event.type) {
    case "fill": {
      const { market, takerSide, auction } = event;
      const makerSide = (1 - takerSide) as Side;
      if (auction === null) return [{ market, side: makerSide, priceTicks: event.priceTicks }];
      return [
        { market, side: makerSide, priceTicks: auction.makerPriceTicks },
        { market, side: takerSide, priceTicks: auction.takerPriceTicks },
      ];
    }
    case "tradePrevented":
      return [
        {
          market: event.market,
          side: (1 - event.takerSide) as Side,
          priceTicks: event.priceTicks,
        },
      ];
    case "orderClosed":
      return event.wasResting ? [event] : [];
    case "listOpened":
    case "listClosed":
      return [];
    default:
      return event.priceTicks === 0 ? [] : [event];
  }
}
