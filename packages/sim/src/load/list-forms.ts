import type { OrderType, PlaceOrder, PlaceOrderList, Side } from "@halcyon/core";
import { drawOrder, drawOrderOf, hasPrice, type Setting } from "./order-forms.ts";

/** A list of any contingency, mostly of a sound shape. */
export function drawList(s: Setting, listClientOrderId: string): PlaceOrderList {
  const { random } = s;
  const contingency = random.pick([0, 0, 1, 2] as const);
  const orders = contingency === 0 ? drawPair(s) : [drawFirst(s), ...drawRest(s, contingency)];
  const { account, market } = s;
  const list = { account, market, contingency, listClientOrderId, orders };
  return random.chance(0.03) ? { ...list, orders: orders.toReversed() } : list;
}

function drawFirst(s: Setting): PlaceOrder {
  const { random } = s;
  const order = drawOrderOf(s, random.pick<OrderType>([0, 0, 2]), random.below(2) as Side);
  const isGood = order.timeInForce === 0 || order.timeInForce === 3;
  return isGood || random.chance(0.4) ? order : { ...order, timeInForce: 0 };
}

function drawRest(s: Setting, contingency: 1 | 2): readonly PlaceOrder[] {
  return contingency === 2 ? drawPair(s) : [drawOrder(s)];
}

/** A stop loss, and a limit maker or take profit beyond it: the one above first. */
function drawPair(s: Setting): readonly [PlaceOrder, PlaceOrder] {
  const { random, centerTicks, spreadTicks } = s;
  const side = random.below(2) as Side;
  const quantityLots = random.between(2, s.lotsMost);
  const profit = drawOrderOf(s, random.pick<OrderType>([2, 2, 5, 6]), side);
  const stop = drawOrderOf(s, random.pick<OrderType>([3, 4, 4]), side);
  const away = () => random.between(1, spreadTicks);
  const profitTicks = side === 1 ? centerTicks + away() : centerTicks - away();
  const stopTicks = side === 1 ? centerTicks - away() : centerTicks + away();
  const better = atPrice({ ...profit, quantityLots }, profitTicks);
  const worse = atPrice({ ...stop, quantityLots }, stopTicks);
  return side === 1 ? [better, worse] : [worse, better];
}

function atPrice(order: PlaceOrder, ticks: number): PlaceOrder {
  const { terms } = order;
  const icebergLots = terms?.icebergLots ?? 0;
  const kept = icebergLots < order.quantityLots ? terms : { ...terms, icebergLots: 0 };
  if (order.type === 2) return { ...order, ...(kept && { terms: kept }), priceTicks: ticks };
  const trails = (terms?.trailingDeltaBips ?? 0) !== 0 && (terms?.stopPriceTicks ?? 0) === 0;
  const priceTicks = hasPrice(order.type) ? order.priceTicks : 0;
  return { ...order, priceTicks, terms: trails ? { ...kept } : { ...kept, stopPriceTicks: ticks } };
}
