import assert from "node:assert/strict";
import {
  activation,
  closeReason,
  contingency,
  encodeAmendOrder,
  encodePlaceOrderList,
  encodeSetMarketRules,
  encodeSetMarketState,
  encodeSetRulesVersion,
  encodeTick,
  type MarketParameters,
  type MarketRules,
  type MarketState,
  marketRulesDefault,
  orderType,
  type PlaceOrder,
  refusalName,
  rulesVersionMax,
  side,
  Venue,
  type VenueEvent,
} from "@halcyon/core";
import {
  alice,
  base,
  bob,
  carol,
  orderOf,
  quote,
  tradingVenue,
  type VenueKit,
} from "./venue-kit.ts";

export const { buy, sell } = side;
export { alice, base, bob, carol, quote };

/** A trading venue under the newest rules. */
export function orderVenue(
  changes: Partial<MarketParameters> = {},
  rules: Partial<MarketRules> = {},
): VenueKit {
  const kit = tradingVenue({ makerFeePpm: 0, takerFeePpm: 0, ...changes });
  kit.run((w) => encodeSetRulesVersion(w, {}, { version: rulesVersionMax }));
  setRules(kit, rules);
  return kit;
}

export function setRules(kit: VenueKit, rules: Partial<MarketRules>): VenueEvent[] {
  const all = { ...marketRulesDefault, ...rules };
  return kit.run((w) => encodeSetMarketRules(w, {}, { market: 0, rules: all }));
}

export function setState(kit: VenueKit, state: MarketState, resumes = false): string[] {
  return lines(kit.run((w) => encodeSetMarketState(w, {}, { market: 0, state, resumes })));
}

/** Lets log time go on by so much. */
export function tickAfter(kit: VenueKit, ms: number): string[] {
  kit.timeMs += ms;
  return lines(kit.run((w) => encodeTick(w)));
}

/** A limit order; the rest as named. */
export function limit(
  kit: VenueKit,
  account: number,
  of: 0 | 1,
  quantityLots: number,
  priceTicks: number,
  more: Partial<PlaceOrder> = {},
): string[] {
  return lines(kit.place({ account, side: of, quantityLots, priceTicks, ...more }));
}

/** Trades one lot at a price between bob and carol: the last price is there afterwards. */
export function tradeAt(kit: VenueKit, price: number): string[] {
  const resting = limit(kit, bob, sell, 1, price);
  assert.equal(resting.length, 1, "the price is on the book already");
  return limit(kit, carol, buy, 1, price);
}

export function oco(kit: VenueKit, first: Partial<PlaceOrder>, second: Partial<PlaceOrder>) {
  return placeList(kit, contingency.oco, [first, second]);
}

export function placeList(
  kit: VenueKit,
  kind: 0 | 1 | 2,
  orders: readonly Partial<PlaceOrder>[],
  listClientOrderId = "",
): string[] {
  const { account = alice } = orders[0]!;
  const list = { account, market: 0, contingency: kind, listClientOrderId };
  const all = orders.map((order) => orderOf({ account, ...order }));
  return lines(kit.run((w) => encodePlaceOrderList(w, {}, { ...list, orders: all })));
}

export function amend(
  kit: VenueKit,
  account: number,
  orderId: number,
  newQuantityLots: number,
  newClientOrderId = "",
): string[] {
  const order = { account, market: 0, orderId, clientOrderId: "" };
  return lines(
    kit.run((w) => encodeAmendOrder(w, {}, { ...order, newQuantityLots, newClientOrderId })),
  );
}

/** Books balance, and a venue restored from a snapshot answers the next command in the same way. */
export function holds(kit: VenueKit): void {
  const audit = kit.venue.audit();
  assert.ok(
    audit.balanced,
    JSON.stringify(audit, (_, v) => (typeof v === "bigint" ? `${v}` : v)),
  );
  const copy = Venue.restore(kit.venue.save());
  limit(kit, carol, sell, 3, 1);
  limit(kit, carol, buy, 5, 90_000);
  for (const bytes of kit.log.slice(-2)) copy.applyBatch(bytes, copy.position + 1);
  assert.deepEqual(copy.hash, kit.venue.hash);
  assert.deepEqual(copy.save(), kit.venue.save());
  assert.ok(copy.audit().balanced);
}

const reasonNames = namesOf(closeReason);
const activationNames = namesOf(activation);
const typeNames = namesOf(orderType);

function namesOf(table: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(table).map(([name, number]) => [number, name]));
}

/** Events in few words. */
export function lines(events: readonly VenueEvent[]): string[] {
  return events.map((event) => {
    switch (event.type) {
      case "orderAccepted":
        return `#${event.orderId} ${typeNames.get(event.orderType)}${event.terms?.isPending ? " pending" : ""}`;
      case "fill":
        return `#${event.takerOrderId} takes ${event.quantityLots} @ ${event.priceTicks} of #${event.makerOrderId}`;
      case "orderClosed":
        return `#${event.orderId} ${reasonNames.get(event.reason)} ${event.remainingLots}`;
      case "orderActivated":
        return `#${event.orderId} ${activationNames.get(event.activation)}`;
      case "tradePrevented":
        return `#${event.takerOrderId} and #${event.makerOrderId} prevented -${event.takerPreventedLots} -${event.makerPreventedLots}`;
      case "orderAmended":
        return `#${event.orderId} from ${event.oldQuantityLots} to ${event.newQuantityLots}, ${event.remainingLots} left`;
      case "orderReduced":
        return `#${event.orderId} reduced by ${event.byLots}`;
      case "listOpened":
        return `list ${event.listId} of ${event.orderIds.join(" ")}`;
      case "listClosed":
        return `list ${event.listId} closed`;
      case "marketStateChanged":
        return `state ${event.state} cause ${event.cause}`;
      case "refused":
        return `refused ${refusalName(event.code)}`;
      default:
        return event.type;
    }
  });
}
