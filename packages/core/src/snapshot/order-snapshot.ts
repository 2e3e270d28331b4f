import type { Books } from "../books/books.ts";
import type { WordReader } from "../bytes/word-reader.ts";
import type { WordWriter } from "../bytes/word-writer.ts";
import { type Contingency, contingency } from "../commands/command.ts";
import { writeMarketRules } from "../commands/registry-command.ts";
import { readMarketRules } from "../events/registry-event.ts";
import type { OrderList } from "../orders/order-lists.ts";
import type { Market, Markets } from "../registry/markets.ts";

/** What waiting orders and lists are beside the slab's words, and where each market stands. */
export type OrderState = {
  readonly lists: { readonly nextId: number; readonly open: readonly OrderList[] };
  readonly hasLeftover: boolean;
};

export function saveOrderState(
  w: WordWriter,
  state: OrderState & { readonly books: Books; readonly markets: Markets },
): void {
  const { slab, levels } = state.books;
  w.run(slab.raw().terms);
  const hidden = levels.raw().hidden;
  w.run(new Int32Array(hidden.buffer, hidden.byteOffset, hidden.length * 2));
  w.i32(state.hasLeftover ? 1 : 0);
  w.u53(state.lists.nextId).i32(state.lists.open.length);
  for (const list of state.lists.open) {
    w.u53(list.id).i32(list.account).i32(list.market).i32(list.contingency).text(list.clientId);
    w.i32(list.isPlaced ? 1 : 0).run(Int32Array.from(list.slots));
  }
  for (const market of state.markets.all()) saveMarketState(w, market);
}

function saveMarketState(w: WordWriter, m: Market): void {
  writeMarketRules(w, m.rules);
  w.u53(m.stateUntilMs).i32(m.lastPrice).u53(m.preventedCount);
  w.i32(m.bandReference).u53(m.bandWindowEndsAtMs);
  w.i32(m.firstTracking).i32(m.lastTracking).i32(m.trailingCount).i32(m.waitingCount);
  w.i32(m.listsToPlace.length);
  for (const id of m.listsToPlace) w.u53(id);
}

/** Into books and markets that were restored without it. */
export function readOrderState(r: WordReader, books: Books, markets: Markets): OrderState {
  const terms = r.run();
  if (terms.length % 16 !== 0 || terms.length > books.slab.slotCount * 16) {
    throw new Error("the orders' terms do not fit the orders");
  }
  books.slab.setTerms(terms);
  const hidden = r.run();
  books.levels.setHidden(new Float64Array(hidden.buffer, hidden.byteOffset, hidden.length / 2));
  const hasLeftover = readFlag(r);
  const nextId = r.u53();
  const open: OrderList[] = [];
  readEach(r, () => open.push(readList(r)));
  for (const market of markets.all()) readMarketState(r, market);
  return { lists: { nextId, open }, hasLeftover };
}

function readFlag(r: WordReader): boolean {
  const word = r.i32();
  if (word !== 0 && word !== 1) throw new Error(`${word} is neither yes nor no`);
  return word === 1;
}

/** Reads a count, then as many of something. */
export function readEach(r: WordReader, read: () => void): void {
  const count = r.i32();
  if (count < 0) throw new Error(`a count is ${count}`);
  for (let left = count; left > 0 && r.ok; left--) read();
}

function readList(r: WordReader): OrderList {
  const [id, account, market, kind] = [r.u53(), r.i32(), r.i32(), r.i32()];
  if (kind < contingency.oco || kind > contingency.otoco) throw new Error("a list of no kind");
  const clientId = r.text(64);
  const isPlaced = readFlag(r);
  const slots = [...r.run()];
  return { id, account, market, contingency: kind as Contingency, clientId, isPlaced, slots };
}

function readMarketState(r: WordReader, m: Market): void {
  m.setRules(readMarketRules(r));
  m.stateUntilMs = r.u53();
  m.lastPrice = r.i32();
  m.preventedCount = r.u53();
  m.bandReference = r.i32();
  m.bandWindowEndsAtMs = r.u53();
  m.firstTracking = r.i32();
  m.lastTracking = r.i32();
  m.trailingCount = r.i32();
  m.waitingCount = r.i32();
  readEach(r, () => m.listsToPlace.push(r.u53()));
}
