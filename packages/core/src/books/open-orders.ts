import { WordReader } from "../bytes/word-reader.ts";
import { encodeUtf8, WordWriter } from "../bytes/word-writer.ts";
import type { OrderType, Side, TimeInForce } from "../commands/command.ts";
import { side } from "../commands/command.ts";
import { kindSide, kindTimeInForce, kindType } from "../commands/order-command.ts";
import type { Market } from "../registry/markets.ts";
import type { Books } from "./books.ts";
import { levelField, levelWords } from "./level-slab.ts";
import {
  clientIdWords,
  orderField as f,
  type OrderState,
  orderNumber,
  orderNumbers,
  orderTerm,
  orderWords,
} from "./order-slab.ts";

/** An order that is open: on the book, or waiting. */
export type OpenOrder = {
  readonly orderId: number;
  readonly account: number;
  readonly market: number;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly remainingLots: number;
  readonly clientOrderId: string;
  readonly acceptedAtMs: number;
  /** `orderState`: working, or waiting for its list, its price or a turn of the price. */
  readonly state: OrderState;
  /** Of an iceberg, of the remaining ones. */
  readonly hiddenLots: number;
  /** 0: in none. */
  readonly listId: number;
};

export type PriceLevel = { readonly priceTicks: number; readonly quantityLots: number };

export function readOpenOrder(books: Books, slot: number): OpenOrder {
  const { words, numbers, clientIds } = books.slab;
  const o = slot * orderWords;
  const n = slot * orderNumbers;
  const kind = words[o + f.kind]!;
  return {
    orderId: books.slab.orderId(slot),
    account: words[o + f.account]!,
    market: words[o + f.market]!,
    side: kindSide(kind),
    type: kindType(kind),
    timeInForce: kindTimeInForce(kind),
    priceTicks: words[o + f.price]!,
    quantityLots: numbers[n + orderNumber.quantityLots]!,
    remainingLots: books.slab.lotsLeft(slot),
    clientOrderId: readPackedText(clientIds, slot * clientIdWords, words[o + f.clientIdBytes]!),
    acceptedAtMs: numbers[n + orderNumber.acceptedAtMs]!,
    state: books.slab.state(slot),
    hiddenLots: numbers[n + orderNumber.hiddenLots]!,
    listId: books.slab.longTerm(slot, orderTerm.listId),
  };
}

function readPackedText(words: Int32Array, at: number, byteCount: number): string {
  if (byteCount === 0) return "";
  const copy = new WordWriter(16).i32(byteCount);
  for (let i = 0; i < (byteCount + 3) >>> 2; i++) copy.i32(words[at + i]!);
  return new WordReader(copy.words, 0, copy.length).text(byteCount);
}

/** Slot of an account's open order with this client id, 0 when there is none. */
export function findByClientId(books: Books, account: number, clientOrderId: string): number {
  const bytes = encodeUtf8(clientOrderId);
  if (bytes.length === 0 || bytes.length > clientIdWords * 4) return 0;
  const packed = new WordWriter(16).bytes(bytes);
  return books.byClientId.find(account, bytes.length, packed.words, 1);
}

/** An account's open orders by ascending id; market -1: in all markets. */
export function listOpenOrders(books: Books, account: number, market: number): OpenOrder[] {
  const orders: OpenOrder[] = [];
  const { words } = books.slab;
  if (!books.accounts.exists(account)) return orders;
  let slot = books.accounts.firstOrder(account);
  while (slot !== 0) {
    if (market === -1 || words[slot * orderWords + f.market] === market) {
      orders.push(readOpenOrder(books, slot));
    }
    slot = words[slot * orderWords + f.accountNext]!;
  }
  return orders.sort((a, b) => a.orderId - b.orderId);
}

/** The levels of one side, best first. */
export function listLevels(books: Books, market: Market, of: Side, limit: number): PriceLevel[] {
  const bookSide = of === side.buy ? market.bids : market.asks;
  const levels: PriceLevel[] = [];
  let price = bookSide.bestPrice;
  while (price !== 0 && levels.length < limit) {
    const level = bookSide.levels.level(price);
    levels.push({ priceTicks: price, quantityLots: books.levels.lots(level) });
    price = bookSide.after(price);
  }
  return levels;
}

export function frontOrderId(books: Books, market: Market, of: Side): number {
  const { bestLevel } = of === side.buy ? market.bids : market.asks;
  if (bestLevel === 0) return 0;
  return books.slab.orderId(books.levels.words[bestLevel * levelWords + levelField.head]!);
}
