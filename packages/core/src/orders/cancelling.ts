import type { Books } from "../books/books.ts";
import type { WordReader } from "../bytes/word-reader.ts";
import type { CloseReason } from "../events/order-event.ts";
import * as events from "../events/order-event.ts";
import type { Refusal } from "../refusal.ts";
import * as refusals from "../refusal.ts";
import type { Closing } from "./closing.ts";
import type { OrderLists } from "./order-lists.ts";

// Locals, because V8 folds those into the code; what is imported it loads and checks at each use.
const { closeReason } = events;
const { refusal } = refusals;

/** Word offsets of a cancelOrder body (`encodeCancelOrder`); the cancel's own client id follows the order's. */
const field = { account: 0, market: 1, id: 2, clientIdBytes: 4, clientId: 5 } as const;
export const cancelField: typeof field = field;

const clientIdBytesMax = 36;

/** What clients ask to be cancelled: an order, all orders, a list. */
export class Cancelling {
  declare private readonly books: Books;
  declare private readonly closing: Closing;
  declare private readonly lists: OrderLists;

  constructor(books: Books, closing: Closing, lists: OrderLists) {
    this.books = books;
    this.closing = closing;
    this.lists = lists;
  }

  /** Cancels the order that the body at words[at] names. Both its texts lie within the command. */
  cancel(words: Int32Array, at: number, reason: CloseReason): Refusal | 0 {
    const market = this.books.markets.get(words[at + field.market]!);
    if (market === undefined) return refusal.unknownMarket;
    const slot = this.books.findNamed(
      words,
      words[at + field.account]!,
      market.id,
      words[at + field.id]!,
      words[at + field.id + 1]!,
      at + field.clientIdBytes,
    );
    if (slot === 0) return refusal.unknownOrder;
    const idWords = (words[at + field.clientIdBytes]! + 3) >>> 2;
    this.closing.close(slot, reason, words, at + field.clientId + idWords);
    return 0;
  }

  /** Cancels every open order of an account in one market, or in all with market -1; newest first. */
  cancelAll(account: number, marketId: number): Refusal | 0 {
    if (!this.books.accounts.exists(account)) return refusal.unknownAccount;
    const market = marketId === -1 ? null : this.books.markets.get(marketId);
    if (market === undefined) return refusal.unknownMarket;
    const cancelled = this.closing.closeAll(account, market, closeReason.cancelled);
    return cancelled === 0 ? refusal.unknownOrder : 0;
  }

  /** Cancels what is open of a list, which is named by its id or, where that is 0, by its client id. */
  cancelList(r: WordReader): Refusal | 0 {
    const account = r.i32();
    const market = this.books.markets.get(r.i32());
    const listId = r.u53();
    const clientId = r.text(clientIdBytesMax);
    const cancelIdAt = r.at;
    r.text(clientIdBytesMax);
    if (!r.done) return refusal.malformedCommand;
    if (market === undefined) return refusal.unknownMarket;
    const list = listId === 0 ? this.lists.find(account, clientId) : this.lists.get(listId);
    const isNamed =
      list !== undefined &&
      list.account === account &&
      list.market === market.id &&
      (clientId === "" || list.clientId === clientId);
    if (!isNamed) return refusal.unknownOrderList;
    const open = list.slots.find((slot) => slot !== 0);
    // Closing one closes all; the others of a list whose first is filled are to be placed still.
    if (open === undefined) throw new Error(`list ${list.id} is open without an order`);
    this.closing.close(open, closeReason.cancelled, r.words, cancelIdAt);
    return 0;
  }
}
