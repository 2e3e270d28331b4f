import { isRisingStop } from "../books/books.ts";
import { levelField, levelWords } from "../books/level-slab.ts";
import {
  clientIdWords,
  orderField as f,
  lotsAt,
  orderNumber as n,
  noLevel,
  orderNumbers,
  orderState,
  orderTerm,
  orderWords,
  termsAt,
} from "../books/order-slab.ts";
import { isText, readI64 } from "../bytes/word-reader.ts";
import { orderType, selfTradeMode, side, timeInForce } from "../commands/command.ts";
import {
  kindBits,
  kindSelfTradeMode,
  kindSide,
  kindTimeInForce,
  kindType,
} from "../commands/order-command.ts";
import { exactLimit } from "../money/amount.ts";
import { feeAccount } from "../money/ledger.ts";
import type { Market } from "../registry/markets.ts";
import type { VenueState } from "../venue.ts";

/**
 * What must hold of restored orders before anything follows their links: each is one that can be
 * open, each level is one queue of them, each account's list is one of all its orders. Throws
 * otherwise. Lists of orders and what markets count of them: `list-check.ts`.
 */
export function checkBooks(state: VenueState): void {
  const { slab } = state.books;
  let open = 0;
  let queued = 0;
  for (let slot = 1; slot < slab.slotCount; slot++) {
    if (!slab.isLive(slot)) continue;
    if (!isOpen(state, slot)) throw new Error(`the order in slot ${slot} cannot be open`);
    open++;
    if (slab.words[slot * orderWords + f.level] !== noLevel) queued++;
  }
  if (open !== state.books.restingCount) throw new Error(`${open} orders are open, others count`);
  checkQueues(state, queued);
  checkAccountLists(state, open);
}

function isOpen({ books, accounts, markets, ledger }: VenueState, slot: number): boolean {
  const { slab } = books;
  const { words } = slab;
  const o = slot * orderWords;
  const account = words[o + f.account]!;
  const kind = words[o + f.kind]!;
  const market = markets.get(words[o + f.market]!);
  if (market === undefined || account <= feeAccount || !accounts.exists(account)) return false;
  if (!isKind(kind) || !hasSoundTerms(slab, slot)) return false;
  const isBuy = kindSide(kind) === side.buy;
  const paySlot = ledger.find(account, isBuy ? market.quoteAsset : market.baseAsset);
  const receiveSlot = ledger.find(account, isBuy ? market.baseAsset : market.quoteAsset);
  const id = slab.orderId(slot);
  const isPending = slab.state(slot) === orderState.pending;
  return (
    hasSoundNumbers(slab, slot) &&
    hasSoundPlace(books, slot, market) &&
    id >= 1 &&
    id < books.nextOrderId &&
    receiveSlot !== 0 &&
    words[o + f.receiveSlot] === receiveSlot &&
    // What pays for an order that its list places later is found then.
    (isPending || (paySlot !== 0 && words[o + f.paySlot] === paySlot)) &&
    hasSoundClientId(slab.clientIds, slot, words[o + f.clientIdBytes]!)
  );
}

function isKind(kind: number): boolean {
  return (
    kind >>> kindBits === 0 &&
    kindType(kind) <= orderType.takeProfitLimit &&
    kindTimeInForce(kind) <= timeInForce.gtd &&
    kindSelfTradeMode(kind) <= selfTradeMode.decrement
  );
}

function isWhole(value: number, least: number): boolean {
  return Number.isSafeInteger(value) && value >= least;
}

function hasSoundNumbers({ lots, numbers }: VenueState["books"]["slab"], slot: number): boolean {
  const at = slot * orderNumbers;
  const shown = lots[lotsAt(slot)]!;
  const hidden = numbers[at + n.hiddenLots]!;
  return (
    isWhole(shown, 1) &&
    isWhole(hidden, 0) &&
    isWhole(numbers[at + n.quantityLots]!, shown + hidden) &&
    isWhole(numbers[at + n.acceptedAtMs]!, 0)
  );
}

function hasSoundTerms(slab: VenueState["books"]["slab"], slot: number): boolean {
  if (!slab.hasTerms(slot)) return true;
  const at = termsAt(slot);
  const { terms } = slab;
  const isLong = (field: number) => isWhole(slab.longTerm(slot, field), 0);
  return (
    terms[at + orderTerm.bestPrice] !== undefined &&
    terms[at + orderTerm.stopPrice]! >= 0 &&
    terms[at + orderTerm.trailingDelta]! >= 0 &&
    terms[at + orderTerm.bestPrice]! >= 0 &&
    isLong(orderTerm.icebergLots) &&
    isLong(orderTerm.expireAtMs) &&
    isLong(orderTerm.strategyId) &&
    isLong(orderTerm.listId) &&
    terms[at + orderTerm.state]! >= orderState.working &&
    terms[at + orderTerm.state]! <= orderState.tracking
  );
}

/** On the book at its own price, among the stops at its stop price, or on no level. */
function hasSoundPlace(books: VenueState["books"], slot: number, market: Market): boolean {
  const { slab } = books;
  const o = slot * orderWords;
  const kind = slab.words[o + f.kind]!;
  const price = slab.words[o + f.price]!;
  const state = slab.state(slot);
  if (price !== 0 && (price < market.priceTicksMin || price > market.priceTicksMax)) return false;
  const isOnLevel = slab.words[o + f.level] !== noLevel;
  switch (state) {
    case orderState.working:
      return isOnLevel && price !== 0 && books.holdOf(market, kind, price, slab.lotsLeft(slot));
    case orderState.pending:
      return !isOnLevel;
    default: {
      const isStop = kindType(kind) >= orderType.stopLoss;
      const waits = state === orderState.waiting;
      const hold = readI64(slab.terms, termsAt(slot) + orderTerm.hold);
      const hasPrice = slab.term(slot, waits ? orderTerm.stopPrice : orderTerm.trailingDelta) > 0;
      return isStop && isOnLevel === waits && hold >= 0n && hasPrice;
    }
  }
}

function hasSoundClientId(clientIds: Int32Array, slot: number, byteCount: number): boolean {
  const isLength = byteCount >= 0 && byteCount <= clientIdWords * 4;
  return isLength && isText(clientIds, slot * clientIdWords, byteCount);
}

/** Walks the queues from those orders that have none before them; whatever a walk misses is in no queue. */
function checkQueues(state: VenueState, inQueues: number): void {
  const { slab, levels } = state.books;
  const used = new Uint8Array(levels.slotCount);
  let queued = 0;
  for (let slot = 1; slot < slab.slotCount; slot++) {
    const o = slot * orderWords;
    const level = slab.words[o + f.level]!;
    if (level === 0 || level === noLevel || slab.words[o + f.previous] !== 0) continue;
    const isFirst = level > 0 && level < levels.slotCount && used[level] === 0;
    if (!isFirst || levels.words[level * levelWords + levelField.head] !== slot) {
      throw new Error(`the order in slot ${slot} heads no level of its own`);
    }
    used[level] = 1;
    queued += checkQueue(state, slot, level);
  }
  if (queued !== inQueues || !levels.isFreeList(used)) {
    throw new Error("orders or levels are left over beside the queues");
  }
}

/** Returns how many orders stand at the level that begins with `head`. */
function checkQueue({ books }: VenueState, head: number, level: number): number {
  const { slab, levels } = books;
  const { words, lots, numbers } = slab;
  const sums = { lots: 0, hidden: 0 };
  let count = 0;
  let last = 0;
  for (let slot = head; slot !== 0; slot = words[slot * orderWords + f.next]!) {
    const o = slot * orderWords;
    const belongs =
      slot > 0 &&
      slot < slab.slotCount &&
      words[o + f.level] === level &&
      words[o + f.previous] === last &&
      words[o + f.market] === words[head * orderWords + f.market] &&
      isOfOneQueue(books, slot, head) &&
      queuePrice(books, slot) === levels.words[level * levelWords + levelField.price];
    if (!belongs) throw new Error(`the order in slot ${slot} is in the queue of others`);
    sums.lots += lots[lotsAt(slot)]!;
    sums.hidden += numbers[slot * orderNumbers + n.hiddenLots]!;
    last = slot;
    count++;
  }
  const isWholeQueue =
    levels.words[level * levelWords + levelField.tail] === last &&
    levels.lots(level) === sums.lots &&
    levels.allLots(level) === sums.lots + sums.hidden &&
    sums.lots + sums.hidden < exactLimit;
  if (!isWholeQueue) throw new Error(`level ${level} is not what its orders make it`);
  return count;
}

/** Whether two queued orders are both of one side of the book, or both stops of one direction. */
function isOfOneQueue({ slab }: VenueState["books"], slot: number, other: number): boolean {
  const state = slab.state(slot);
  if (state !== slab.state(other)) return false;
  const kind = slab.words[slot * orderWords + f.kind]!;
  const otherKind = slab.words[other * orderWords + f.kind]!;
  return state === orderState.waiting
    ? isRisingStop(kind) === isRisingStop(otherKind)
    : kindSide(kind) === kindSide(otherKind);
}

function queuePrice({ slab }: VenueState["books"], slot: number): number {
  return slab.state(slot) === orderState.waiting
    ? slab.term(slot, orderTerm.stopPrice)
    : slab.words[slot * orderWords + f.price]!;
}

function checkAccountLists({ books, accounts }: VenueState, open: number): void {
  const { words, slotCount } = books.slab;
  let listed = 0;
  for (let account = 0; account < accounts.count; account++) {
    const before = listed;
    let last = 0;
    for (let slot = accounts.firstOrder(account); slot !== 0; ) {
      const o = slot * orderWords;
      const belongs =
        slot > 0 &&
        slot < slotCount &&
        books.slab.isLive(slot) &&
        words[o + f.account] === account &&
        words[o + f.accountPrevious] === last;
      if (!belongs) throw new Error(`account ${account} lists the order in slot ${slot}`);
      listed++;
      last = slot;
      slot = words[o + f.accountNext]!;
    }
    if (listed - before !== accounts.openOrderCount(account)) {
      throw new Error(`account ${account} counts other orders than it lists`);
    }
  }
  if (listed !== open) throw new Error("an order is in no account's list");
}
