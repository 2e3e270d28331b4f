import type { Sabotage } from "../sabotage.ts";
import { awaitedPrice, internalsOf, replace, requeue } from "./core-internals.ts";
import { everywhere } from "./planting.ts";

const lateByMs = 120;
const cancelled = 1;

/** Bugs in what waits: stops, trailing orders, lists, dates, amendments. */
export const waitingPlants: Readonly<Record<string, Sabotage>> = {
  "a stop triggers one tick late": everywhere((core) =>
    replace(core.desk.waiting, "nextDue", (nextDue) => (market) => {
      const slot = nextDue(market);
      return slot !== 0 && awaitedPrice(core, slot) === market.lastPrice ? 0 : slot;
    }),
  ),
  "a trailing order misses every second price": everywhere(({ desk: { waiting } }) =>
    replace(
      waiting,
      "track",
      (track) => (market) => (market.tradeCount % 2 === 0 ? 0 : track(market)),
    ),
  ),
  "a stop's hold is lost when it triggers": everywhere(({ ledger, desk: { waiting } }) =>
    replace(waiting, "disarm", (disarm) => (slot, market) => {
      const { releaseWide } = ledger;
      if (slot % 3 === 1) ledger.releaseWide = () => {};
      disarm(slot, market);
      ledger.releaseWide = releaseWide;
    }),
  ),
  "a triggered stop is not checked again": everywhere(({ desk: { check } }) =>
    replace(check, "checkTriggered", (checkTriggered) => (slot) => {
      checkTriggered(slot);
      return 0;
    }),
  ),
  "a list's next order is placed unchecked": everywhere(({ desk: { check } }) =>
    replace(check, "checkPlacing", (checkPlacing) => (slot) => {
      checkPlacing(slot);
      return 0;
    }),
  ),
  "the other order of a pair stays open": everywhere(({ desk: { lists } }) =>
    replace(lists, "executes", () => () => {}),
  ),
  "a list's next order is placed although the first was cancelled": everywhere(
    ({ desk: { lists } }) =>
      replace(lists, "ended", (ended) => (slot, reason, source, from) => {
        const list = lists.of(slot);
        const isFirst = list !== undefined && list.contingency !== 0 && list.slots[0] === slot;
        ended(slot, isFirst && reason === cancelled ? 0 : reason, source, from);
      }),
  ),
  "orders of one list do not count as open": everywhere(({ desk: { check } }) =>
    replace(check, "tooManyOpenOrders", (tooMany) => () => {
      const { entering } = check;
      check.entering = 0;
      const result = tooMany();
      check.entering = entering;
      return result;
    }),
  ),
  "good till date lasts one batch longer": everywhere(({ books: { expiries } }) =>
    replace(expiries, "due", (due) => (nowMs) => due(nowMs - lateByMs)),
  ),
  "an amended order loses its place": {
    venue: (venue) =>
      replace(internalsOf(venue).desk.amending, "amend", (amend) => (reader) => {
        const orderId = reader.words[reader.at + 2]! >>> 0;
        const refused = amend(reader);
        if (refused === 0 && isOnBook(venue, orderId)) requeue(venue, orderId);
        return refused;
      }),
  },
  "a frozen account keeps its orders": everywhere(({ desk }) =>
    replace(desk, "freeze", () => () => {}),
  ),
};

type Venue = Parameters<NonNullable<Sabotage["venue"]>>[0];

function isOnBook(venue: Venue, orderId: number): boolean {
  const order = venue.order(orderId);
  if (order === undefined) return false;
  const { market, side, priceTicks, type } = order;
  return type < 3 && venue.levelQuantity(market, side, priceTicks) >= order.remainingLots;
}
