import {
  clientIdWords,
  orderField as f,
  orderState,
  orderTerm,
  orderWords,
} from "../books/order-slab.ts";
import { encodeUtf8 } from "../bytes/word-writer.ts";
import { contingency } from "../commands/command.ts";
import { type OrderList, ordersOfList } from "../orders/order-lists.ts";
import { areSound } from "../registry/market-rules.ts";
import type { Market } from "../registry/markets.ts";
import type { VenueState } from "../venue.ts";

/**
 * What must hold of restored order lists, and of what markets keep of orders that wait, once every
 * order was found sound by itself (`book-check.ts`). Throws otherwise.
 */
export function checkLists(state: VenueState): void {
  const listed = checkOrderLists(state);
  const { slab } = state.books;
  const counts = state.markets.all().map(() => ({ waiting: 0, tracking: 0, trailing: 0 }));
  let inLists = 0;
  for (let slot = 1; slot < slab.slotCount; slot++) {
    if (!slab.isLive(slot)) continue;
    const isListed = slab.longTerm(slot, orderTerm.listId) !== 0;
    if (isListed) inLists++;
    const now = slab.state(slot);
    if (now === orderState.pending && !isListed) throw new Error("an order waits for no list");
    if (now !== orderState.waiting && now !== orderState.tracking) continue;
    const count = counts[slab.words[slot * orderWords + f.market]!]!;
    count.waiting++;
    if (now === orderState.tracking) count.tracking++;
    if (slab.term(slot, orderTerm.trailingDelta) !== 0) count.trailing++;
  }
  if (inLists !== listed) throw new Error("an order is in no list, and says it is in one");
  for (const market of state.markets.all()) {
    const { waiting, tracking, trailing } = counts[market.id]!;
    const sound =
      market.waitingCount === waiting + market.listsToPlace.length &&
      market.trailingCount === trailing &&
      trackedIn(state, market) === tracking &&
      hasSoundQueueOfLists(state, market) &&
      areSound(market.rules) &&
      market.lastPrice >= 0 &&
      market.bandReference >= 0;
    if (!sound) throw new Error(`market ${market.symbol} does not know what waits in it`);
  }
}

/** Returns how many orders all lists have. */
function checkOrderLists({ lists, accounts, markets, books }: VenueState): number {
  const names = new Set<string>();
  let lastId = 0;
  let listed = 0;
  for (const list of lists.open) {
    const name = `${list.account} ${list.clientId}`;
    const sound =
      list.id > lastId &&
      list.id < lists.nextId &&
      accounts.exists(list.account) &&
      markets.get(list.market) !== undefined &&
      encodeUtf8(list.clientId).length <= clientIdWords * 4 &&
      (list.clientId === "" || !names.has(name)) &&
      hasSoundOrders(books, list);
    if (!sound) throw new Error(`order list ${list.id} cannot be open`);
    names.add(name);
    lastId = list.id;
    listed += list.slots.filter((slot) => slot !== 0).length;
  }
  return listed;
}

function hasSoundOrders({ slab }: VenueState["books"], list: OrderList): boolean {
  const open = list.slots.filter((slot) => slot !== 0);
  const isOfList = (slot: number) => {
    const o = slot * orderWords;
    return (
      slot > 0 &&
      slot < slab.slotCount &&
      slab.isLive(slot) &&
      slab.words[o + f.account] === list.account &&
      slab.words[o + f.market] === list.market &&
      slab.longTerm(slot, orderTerm.listId) === list.id
    );
  };
  return (
    list.slots.length === ordersOfList[list.contingency] &&
    open.length > 0 &&
    new Set(open).size === open.length &&
    open.every(isOfList)
  );
}

/** Those lists that are to be placed are open, and their first orders are filled. */
function hasSoundQueueOfLists({ lists }: VenueState, { id, listsToPlace }: Market): boolean {
  if (listsToPlace.length === 0) return true;
  const ready = new Set<number>();
  for (const list of lists.open) {
    const isReady = list.market === id && !list.isPlaced && list.slots[0] === 0;
    if (isReady && list.contingency !== contingency.oco) ready.add(list.id);
  }
  return listsToPlace.every((listId) => ready.delete(listId));
}

/** How many orders a market's queue of tracking orders has, -1 when it is none. */
function trackedIn({ books }: VenueState, market: Market): number {
  const { slab } = books;
  let count = 0;
  let last = 0;
  for (let slot = market.firstTracking; slot !== 0; ) {
    const o = slot * orderWords;
    const belongs =
      slot > 0 &&
      slot < slab.slotCount &&
      slab.isLive(slot) &&
      slab.state(slot) === orderState.tracking &&
      slab.words[o + f.market] === market.id &&
      slab.words[o + f.previous] === last;
    if (!belongs) return -1;
    count++;
    last = slot;
    slot = slab.words[o + f.next]!;
  }
  return market.lastTracking === last ? count : -1;
}
