import {
  type Contingency,
  contingency,
  type OrderType,
  orderType,
  type SelfTradeMode,
  type Side,
  selfTradeMode,
  side,
  type TimeInForce,
  timeInForce,
} from "@halcyon/core";

/** The dialect's words for what orders are, and what each word means. */

export const sideText: Readonly<Record<Side, "BUY" | "SELL">> = {
  [side.buy]: "BUY",
  [side.sell]: "SELL",
};
export const orderTypeText: Readonly<Record<OrderType, string>> = {
  [orderType.limit]: "LIMIT",
  [orderType.market]: "MARKET",
  [orderType.limitMaker]: "LIMIT_MAKER",
  [orderType.stopLoss]: "STOP_LOSS",
  [orderType.stopLossLimit]: "STOP_LOSS_LIMIT",
  [orderType.takeProfit]: "TAKE_PROFIT",
  [orderType.takeProfitLimit]: "TAKE_PROFIT_LIMIT",
};
export const timeInForceText: Readonly<Record<TimeInForce, string>> = {
  [timeInForce.gtc]: "GTC",
  [timeInForce.ioc]: "IOC",
  [timeInForce.fok]: "FOK",
  [timeInForce.gtd]: "GTD",
};
export const selfTradeModeText: Readonly<Record<SelfTradeMode, string>> = {
  [selfTradeMode.none]: "NONE",
  [selfTradeMode.expireTaker]: "EXPIRE_TAKER",
  [selfTradeMode.expireMaker]: "EXPIRE_MAKER",
  [selfTradeMode.expireBoth]: "EXPIRE_BOTH",
  [selfTradeMode.decrement]: "DECREMENT",
};
/** A list of three is an OTO to the dialect too: its number of orders tells. */
export const contingencyText: Readonly<Record<Contingency, "OCO" | "OTO">> = {
  [contingency.oco]: "OCO",
  [contingency.oto]: "OTO",
  [contingency.otoco]: "OTO",
};

export const sides: ReadonlyMap<string, Side> = valuesByWord(sideText);
export const orderTypes: ReadonlyMap<string, OrderType> = valuesByWord(orderTypeText);
export const timesInForce: ReadonlyMap<string, TimeInForce> = valuesByWord(timeInForceText);
export const selfTradeModes: ReadonlyMap<string, SelfTradeMode> = valuesByWord(selfTradeModeText);

function valuesByWord<Value extends number>(
  words: Readonly<Record<Value, string>>,
): ReadonlyMap<string, Value> {
  return new Map(
    Object.entries<string>(words).map(([value, word]) => [word, Number(value) as Value]),
  );
}

/** Whether orders of this type wait for the market's price before they work. */
export function isStop(type: OrderType): boolean {
  return type >= orderType.stopLoss;
}
