import type { Books } from "../books/books.ts";
import * as orderSlab from "../books/order-slab.ts";
import * as commands from "../commands/command.ts";
import * as orderCommands from "../commands/order-command.ts";
import type { Market } from "../registry/markets.ts";
import type { OrderCheck } from "./order-check.ts";

// Locals, because V8 folds those into the code; what is imported it loads and checks at each use.
const { side } = commands;
const { kindHasTerms, placeField, termsWords } = orderCommands;
const { orderField: f, orderNumber, orderNumbersShift, orderAt, orderTerm } = orderSlab;

/** A slot for an order whose body lies at words[at]; in no queue, and its lots and time not filled in. */
export function enterOrder(
  books: Books,
  market: Market,
  account: number,
  kind: number,
  price: number,
  lots: number,
  paySlot: number,
  receiveSlot: number,
  words: Int32Array,
  at: number,
  idLow: number,
  idHigh: number,
): number {
  const slot = books.slab.take();
  const slab = books.slab;
  const o = orderAt(slot);
  const out = slab.words;
  out[o + f.account] = account;
  out[o + f.market] = market.id;
  out[o + f.kind] = kind;
  out[o + f.price] = price;
  out[o + f.idLow] = idLow;
  out[o + f.idHigh] = idHigh;
  out[o + f.paySlot] = paySlot;
  out[o + f.receiveSlot] = receiveSlot;
  const idBytes = words[at + placeField.clientIdBytes]!;
  out[o + f.clientIdBytes] = idBytes;
  slab.numbers[(slot << orderNumbersShift) + orderNumber.quantityLots] = lots;
  const idWords = (idBytes + 3) >>> 2;
  if (idBytes !== 0) books.copyClientId(slot, words, at + placeField.clientId, idWords);
  if ((kind & kindHasTerms) !== 0) {
    enterTerms(books, slot, words, at + placeField.clientId + idWords);
  }
  return slot;
}

/** The same for the order in hand, with the time. */
export function enterOrderInHand(
  books: Books,
  order: OrderCheck,
  words: Int32Array,
  at: number,
  idLow: number,
  idHigh: number,
  acceptedAtMs: number,
): number {
  const { market, account, kind, price, lots, paySlot } = order;
  const receives = (kind & 1) === side.buy ? market.baseAsset : market.quoteAsset;
  const receiveSlot = books.ledger.slot(account, receives);
  const slot = enterOrder(
    books,
    market,
    account,
    kind,
    price,
    lots,
    paySlot,
    receiveSlot,
    words,
    at,
    idLow,
    idHigh,
  );
  books.slab.setAcceptedAt(slot, acceptedAtMs);
  return slot;
}

function enterTerms({ slab, expiries }: Books, slot: number, words: Int32Array, at: number): void {
  const terms = slab.makeTerms(slot);
  for (let i = 0; i < termsWords; i++) slab.terms[terms + i] = words[at + i]!;
  const expireAtMs = slab.longTerm(slot, orderTerm.expireAtMs);
  if (expireAtMs !== 0) expiries.add(slot, expireAtMs, slab.orderId(slot));
}
