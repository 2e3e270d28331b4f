import { Books } from "../books/books.ts";
import { LevelSlab } from "../books/level-slab.ts";
import { OrderSlab } from "../books/order-slab.ts";
import { WordHash } from "../bytes/hash.ts";
import { TextTable } from "../bytes/text-table.ts";
import { WordReader } from "../bytes/word-reader.ts";
import { WordWriter } from "../bytes/word-writer.ts";
import type { KeyKind, MarketState } from "../commands/command.ts";
import type { MarketParameters } from "../commands/registry-command.ts";
import { readMarketParameters } from "../events/registry-event.ts";
import { LogClock } from "../log-clock.ts";
import { Holds } from "../money/holds.ts";
import { feeAccount, Ledger } from "../money/ledger.ts";
import { TransferIds } from "../money/transfer-ids.ts";
import { Outcomes } from "../outcomes.ts";
import { Accounts } from "../registry/accounts.ts";
import { Assets, isAsset } from "../registry/assets.ts";
import { type Key, Keys } from "../registry/keys.ts";
import { Market, Markets, notionalMultiplier } from "../registry/markets.ts";
import { People } from "../registry/people.ts";
import { Rules } from "../registry/rules-version.ts";
import type { VenueState } from "../venue.ts";
import { type OrderState, readEach, readOrderState, saveOrderState } from "./order-snapshot.ts";
import { readPeople, savePeople } from "./people-snapshot.ts";
import { checkState } from "./state-check.ts";

/**
 * The whole state as words: magic, format version, checksum, then the parts in the order of `saveState`.
 * Tables are kept raw, so that a restored venue takes the same slots in the same order as one that lived.
 * What came with a later format stands at the end; a snapshot of an older format restores without it.
 */
const magic = 0x504e5348; // "HSNP"
const formatVersion = 3;
const headerWords = 4;
const labelBytesMax = 1024;

export class SnapshotError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SnapshotError";
  }
}

export function saveState(state: VenueState): Uint8Array {
  const w = new WordWriter(1 << 16);
  w.i32(magic).i32(formatVersion).i32(0).i32(0);
  w.u53(state.position).i32(state.hash.a).i32(state.hash.b).u53(state.transferIds.lastNumber);
  const clock = state.clock.raw();
  w.u53(clock.nowMs).run(floatWords(clock.latestMs)).run(floatWords(clock.silenceMs));
  w.i32(state.assets.all().length);
  for (const asset of state.assets.all()) w.text(asset.code).i32(asset.decimals);
  const accounts = state.accounts.raw();
  accounts.labels.save(w);
  w.run(accounts.words);
  saveKeys(w, state.keys);
  const ledger = state.ledger.raw();
  w.run(ledger.words).run(ledger.owners).i32(state.ledger.digest);
  w.i32(state.references.size);
  for (const reference of state.references) w.text(reference);
  saveBooks(w, state.books);
  w.i32(state.markets.all().length);
  for (const market of state.markets.all()) saveMarket(w, market);
  const outcomes = state.outcomes.raw();
  w.u53(outcomes.head).u53(outcomes.tail).u53(outcomes.forgottenThroughMs).run(outcomes.words);
  w.i32(state.rules.version);
  saveOrderState(w, state);
  state.transferIds.save(w);
  state.holds.save(w);
  for (const market of state.markets.all()) w.run(market.tierFees);
  savePeople(w, state.people);
  const checksum = new WordHash();
  checksum.add(w.words, headerWords, w.length);
  w.words[2] = checksum.a;
  w.words[3] = checksum.b;
  return new Uint8Array(w.toWords().buffer);
}

function saveKeys(w: WordWriter, keys: Keys): void {
  const all = keys.all();
  w.i32(all.length);
  for (const key of all) {
    w.text(key.name).i32(key.account).i32(key.kind).i32(key.permissions).text(key.label);
    w.bytes(key.material).text(key.allowedAddresses).u53(key.createdAtMs);
  }
}

function saveBooks(w: WordWriter, books: Books): void {
  const slab = books.slab.raw();
  w.run(slab.words).run(floatWords(slab.numbers)).run(slab.clientIds).i32(slab.free);
  const levels = books.levels.raw();
  w.run(levels.words).run(floatWords(levels.lots)).i32(levels.free);
  w.u53(books.nextOrderId).i32(books.restingCount);
}

function saveMarket(w: WordWriter, m: Market): void {
  w.text(m.symbol).i32(m.baseAsset).i32(m.quoteAsset).i64(m.tickUnits).i64(m.lotUnits);
  w.i32(m.priceTicksMin).i32(m.priceTicksMax).u53(m.quantityLotsMin).u53(m.quantityLotsMax);
  w.u53(m.marketQuantityLotsMax).i64(m.notionalMin).i32(m.makerFeePpm).i32(m.takerFeePpm);
  w.i32(m.openOrdersMax);
  w.i32(m.state).u53(m.bookSequence).u53(m.tradeCount);
}

export function restoreState(snapshot: Uint8Array): VenueState {
  const words = checkedWords(snapshot);
  const r = new WordReader(words, headerWords);
  try {
    const state = readState(r, words[1]!);
    if (r.done) {
      checkState(state);
      state.books.rebuildIndexes();
      return state;
    }
  } catch (error) {
    throw new SnapshotError(`the snapshot's content is not sound: ${String(error)}`);
  }
  throw new SnapshotError("the snapshot ends too early or too late");
}

function checkedWords(snapshot: Uint8Array): Int32Array {
  if (snapshot.length < headerWords * 4 || snapshot.length % 4 !== 0) {
    throw new SnapshotError(`${snapshot.length} bytes are no snapshot`);
  }
  const aligned = snapshot.byteOffset % 4 === 0 ? snapshot : snapshot.slice();
  const words = new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
  if (words[0] !== magic) throw new SnapshotError("not a snapshot: the magic is missing");
  const format = words[1]!;
  if (format < 1 || format > formatVersion) {
    throw new SnapshotError(`snapshot format ${format}: this version knows 1 to ${formatVersion}`);
  }
  const checksum = new WordHash();
  checksum.add(words, headerWords, words.length);
  if (checksum.a !== words[2] || checksum.b !== words[3]) {
    throw new SnapshotError("the snapshot's checksum does not fit its content");
  }
  return words;
}

function readState(r: WordReader, format: number): VenueState {
  const position = r.u53();
  const hash = new WordHash();
  hash.a = r.i32();
  hash.b = r.i32();
  const transferIds = new TransferIds();
  transferIds.lastNumber = r.u53();
  const clock = LogClock.fromRaw({
    nowMs: r.u53(),
    latestMs: wordFloats(r.run()),
    silenceMs: wordFloats(r.run()),
  });
  const assets = new Assets();
  readEach(r, () => {
    const code = r.text(64);
    const decimals = r.i32();
    // Looked at here, because a market's grid is worked out from it.
    if (!isAsset(code, decimals))
      throw new Error(`there is no asset ${code} of ${decimals} decimals`);
    assets.add(code, decimals);
  });
  const accounts = Accounts.fromRaw(TextTable.read(r, labelBytesMax), r.view());
  const keys = readKeys(r);
  const ledger = Ledger.fromRaw(r.view(), r.view(), r.i32());
  const references = new Set<string>();
  readEach(r, () => {
    const reference = r.text(1024);
    if (references.has(reference)) throw new Error(`reference ${reference} is there twice`);
    references.add(reference);
  });
  const markets = new Markets();
  const books = readBooks(r, format, ledger, accounts, markets);
  readEach(r, () => markets.add(readMarket(r, markets.all().length, assets, ledger)));
  const outcomes = Outcomes.fromRaw({
    head: r.u53(),
    tail: r.u53(),
    forgottenThroughMs: r.u53(),
    words: r.view(),
  });
  const rules = new Rules(format >= 2 ? r.i32() : 1);
  const orderState = format >= 2 ? readOrderState(r, books, markets) : withoutOrderState;
  const holds = new Holds();
  if (format >= 2) {
    transferIds.restore(r);
    holds.restore(r, transferIds);
    for (const market of markets.all()) {
      const fees = r.run();
      if (fees.length !== market.tierFees.length) throw new Error("fee tiers of another number");
      market.tierFees.set(fees);
    }
  }
  return {
    assets,
    accounts,
    keys,
    ledger,
    markets,
    books,
    outcomes,
    clock,
    hash,
    rules,
    ...orderState,
    transferIds,
    holds,
    references,
    people: format >= 3 ? readPeople(r) : new People(),
    position,
  };
}

const withoutOrderState: OrderState = { lists: { nextId: 1, open: [] }, hasLeftover: false };

function readKeys(r: WordReader): Keys {
  const keys = new Keys();
  readEach(r, () => {
    const key: Key = {
      name: r.text(1024),
      account: r.i32(),
      kind: r.i32() as KeyKind,
      permissions: r.i32(),
      label: r.text(1024),
      material: r.bytes(),
      allowedAddresses: r.text(4096),
      createdAtMs: r.u53(),
    };
    if (keys.get(key.name) !== undefined) throw new Error(`key ${key.name} is there twice`);
    keys.add(key);
  });
  return keys;
}

function readBooks(
  r: WordReader,
  format: number,
  ledger: Ledger,
  accounts: Accounts,
  markets: Markets,
): Books {
  const slab = OrderSlab.fromRaw(
    {
      words: r.view(),
      numbers: wordFloats(r.view()),
      clientIds: r.view(),
      free: r.i32(),
    },
    format >= 2,
  );
  const levels = LevelSlab.fromRaw({ words: r.view(), lots: wordFloats(r.view()), free: r.i32() });
  const books = new Books(ledger, accounts, markets, slab, levels);
  books.nextOrderId = r.u53();
  books.restingCount = r.i32();
  return books;
}

function readMarket(r: WordReader, id: number, assets: Assets, ledger: Ledger): Market {
  const parameters: MarketParameters = readMarketParameters(r);
  const state = r.i32() as MarketState;
  const bookSequence = r.u53();
  const tradeCount = r.u53();
  const base = assets.get(parameters.baseAsset);
  if (base === undefined) throw new Error(`market ${parameters.symbol} has no base asset`);
  const multiplier = Number(notionalMultiplier(parameters, base));
  const feeSlots = {
    base: ledger.find(feeAccount, parameters.baseAsset),
    quote: ledger.find(feeAccount, parameters.quoteAsset),
  };
  const market = new Market(id, parameters, multiplier, feeSlots);
  market.state = state;
  market.bookSequence = bookSequence;
  market.tradeCount = tradeCount;
  return market;
}

/** The words of exact numbers, and back: in place where they are aligned. */
function floatWords(numbers: Float64Array): Int32Array {
  return new Int32Array(numbers.buffer, numbers.byteOffset, numbers.length * 2);
}
function wordFloats(words: Int32Array): Float64Array {
  if (words.length % 2 !== 0) throw new Error("half a number is left over");
  const aligned = words.byteOffset % 8 === 0 ? words : words.slice();
  return new Float64Array(aligned.buffer, aligned.byteOffset, aligned.length >> 1);
}
