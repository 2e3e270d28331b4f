import { Books } from "./books/books.ts";
import {
  findByClientId,
  frontOrderId,
  listLevels,
  listOpenOrders,
  type OpenOrder,
  type PriceLevel,
  readOpenOrder,
} from "./books/open-orders.ts";
import type { Batch } from "./bytes/batch.ts";
import * as batches from "./bytes/batch.ts";
import { WordHash } from "./bytes/hash.ts";
import { WordReader } from "./bytes/word-reader.ts";
import { WordWriter } from "./bytes/word-writer.ts";
import type { RequestId, Side } from "./commands/command.ts";
import * as commands from "./commands/command.ts";
import type { TransferId } from "./commands/money-command.ts";
import type { PlaceOrder } from "./commands/order-command.ts";
import * as orderCommands from "./commands/order-command.ts";
import * as eventWords from "./events/event.ts";
import { EventBuffer } from "./events/event-buffer.ts";
import { LogClock } from "./log-clock.ts";
import { type AuditReport, auditLedger } from "./money/audit.ts";
import { findHold, type HoldRecord, listHolds } from "./money/hold-record.ts";
import { Holds } from "./money/holds.ts";
import { Ledger } from "./money/ledger.ts";
import { Postings } from "./money/postings.ts";
import { TransferIds } from "./money/transfer-ids.ts";
import { Transfers } from "./money/transfers.ts";
import { Treasury } from "./money/treasury.ts";
import { OrderDesk } from "./orders/order-desk.ts";
import type { OrderList } from "./orders/order-lists.ts";
import * as outcomes from "./outcomes.ts";
import { Outcomes } from "./outcomes.ts";
import type { Refusal } from "./refusal.ts";
import * as refusals from "./refusal.ts";
import { Accounts } from "./registry/accounts.ts";
import { Assets } from "./registry/assets.ts";
import { Keys } from "./registry/keys.ts";
import { Markets } from "./registry/markets.ts";
import { People } from "./registry/people.ts";
import { Registry } from "./registry/registry.ts";
import { Rules } from "./registry/rules-version.ts";
import { SignIns } from "./registry/sign-ins.ts";
import { restoreState, saveState } from "./snapshot/snapshot.ts";

// Locals, because V8 folds those into the code; what is imported it loads and checks at each use.
const { commandFlagRetry, commandHeaderWords, commandLengthWords, commandType, side } = commands;
const { encodePlaceOrder } = orderCommands;
const { eventLengthWords, eventType, refusedStage } = eventWords;
const { hasRequestId, outcomeEventWordsMax } = outcomes;
const { refusal } = refusals;
const { openBatch } = batches;

/** Everything the venue is, but for what derives from it. `snapshot.ts` saves and restores exactly this. */
export type VenueState = {
  readonly assets: Assets;
  readonly accounts: Accounts;
  readonly keys: Keys;
  readonly ledger: Ledger;
  readonly markets: Markets;
  readonly books: Books;
  readonly outcomes: Outcomes;
  readonly clock: LogClock;
  readonly hash: WordHash;
  readonly rules: Rules;
  readonly lists: { readonly nextId: number; readonly open: readonly OrderList[] };
  /** Whether waiting orders are due that did not fit into their command (`Activations`). */
  readonly hasLeftover: boolean;
  readonly transferIds: TransferIds;
  readonly holds: Holds;
  readonly references: Set<string>;
  readonly people: People;
  readonly position: number;
};

/**
 * The venue as a pure function: batches of the log in, events out. Same log, same bytes, on every
 * node. Expected failures are refusals among the events; anything thrown is a bug or a damaged log.
 */
export class Venue {
  declare readonly assets: Assets;
  declare readonly accounts: Accounts;
  declare readonly keys: Keys;
  declare readonly markets: Markets;
  declare readonly people: People;
  /** The rules in force. */
  declare readonly rules: Rules;
  /** The events of the batch in hand, command after command; cleared when a batch begins. */
  readonly events: EventBuffer = new EventBuffer();
  /** Of the last batch applied; 0 when there was none. */
  declare position: number;

  declare private readonly ledger: Ledger;
  declare private readonly books: Books;
  declare private readonly outcomes: Outcomes;
  declare private readonly clock: LogClock;
  declare private readonly runningHash: WordHash;
  declare private readonly desk: OrderDesk;
  declare private readonly registry: Registry;
  declare private readonly signIns: SignIns;
  declare private readonly transferIds: TransferIds;
  declare private readonly holdTable: Holds;
  declare private readonly treasury: Treasury;
  declare private readonly transfers: Transfers;

  private constructor(state: VenueState) {
    this.assets = state.assets;
    this.accounts = state.accounts;
    this.keys = state.keys;
    this.markets = state.markets;
    this.people = state.people;
    this.rules = state.rules;
    this.ledger = state.ledger;
    this.books = state.books;
    this.outcomes = state.outcomes;
    this.clock = state.clock;
    this.runningHash = state.hash;
    this.position = state.position;
    this.desk = new OrderDesk(this.books, this.events, this.clock, this.rules);
    this.desk.restore(state.lists, state.hasLeftover);
    const { phases } = this.desk;
    this.registry = new Registry({ ...state, events: this.events, phases });
    this.signIns = new SignIns({ ...state, events: this.events });
    this.transferIds = state.transferIds;
    this.holdTable = state.holds;
    const postings = new Postings(this.ledger, this.accounts);
    this.treasury = new Treasury({ ...state, postings, events: this.events });
    this.transfers = new Transfers({ ...state, postings }, this.events);
  }

  static create(): Venue {
    const assets = new Assets();
    const accounts = new Accounts();
    accounts.open("external");
    accounts.open("fees");
    const ledger = new Ledger();
    const markets = new Markets();
    return new Venue({
      assets,
      accounts,
      keys: new Keys(),
      ledger,
      markets,
      books: new Books(ledger, accounts, markets),
      outcomes: new Outcomes(),
      clock: new LogClock(),
      hash: new WordHash(),
      rules: new Rules(),
      lists: { nextId: 1, open: [] },
      hasLeftover: false,
      transferIds: new TransferIds(),
      holds: new Holds(),
      references: new Set(),
      people: new People(),
      position: 0,
    });
  }

  static restore(snapshot: Uint8Array): Venue {
    return new Venue(restoreState(snapshot));
  }

  save(): Uint8Array {
    return saveState({
      assets: this.assets,
      accounts: this.accounts,
      keys: this.keys,
      ledger: this.ledger,
      markets: this.markets,
      books: this.books,
      outcomes: this.outcomes,
      clock: this.clock,
      hash: this.runningHash,
      rules: this.rules,
      lists: { nextId: this.desk.lists.nextId, open: this.desk.lists.all() },
      hasLeftover: this.desk.activations.hasLeftover,
      transferIds: this.transferIds,
      holds: this.holdTable,
      references: this.treasury.references,
      people: this.people,
      position: this.position,
    });
  }

  /** Log time in ms since 1970: of the latest batch. */
  get logTimeMs(): number {
    return this.clock.nowMs;
  }

  /** Rolls over all events and postings up to the last batch: equal on every node that applied the same log. */
  get hash(): readonly [number, number] {
    return [this.runningHash.a, this.runningHash.b];
  }

  applyBatch(bytes: Uint8Array, position: number): void {
    const batch = openBatch(bytes);
    this.beginBatch(batch, position);
    for (let at = batch.firstCommandAt; at < batch.end; ) {
      this.applyCommand(batch.words, at);
      at += commandLengthWords(batch.words, at);
    }
    this.endBatch();
  }

  beginBatch(batch: Batch, position: number): void {
    if (position !== this.position + 1) {
      throw new Error(`position ${position} cannot follow ${this.position}`);
    }
    this.position = position;
    this.events.clear();
    this.clock.advance(batch.header.nodeId, batch.header.timeMs);
    this.transfers.expire(this.clock.nowMs);
    this.desk.beginBatch();
  }

  endBatch(): void {
    this.runningHash.add(this.events.words, 0, this.events.length);
    this.runningHash.addWord(this.ledger.digest);
    this.runningHash.addWord(this.clock.nowMs | 0);
    this.runningHash.addWord(this.position | 0);
  }

  /** Applies the command at words[at] of an opened batch; its events are appended to `events`. */
  applyCommand(words: Int32Array, at: number): void {
    const withId = hasRequestId(words, at + 1);
    const start = this.events.length;
    if (withId && this.answeredFromMemory(words, at)) return;
    const type = words[at]! & 0xff;
    const end = at + commandLengthWords(words, at);
    // The mask, far above any batch's length, tells V8 that sums with it cannot overflow.
    const body = (at + commandHeaderWords) & 0x3fff_ffff;
    const refused = !this.rules.knows(type)
      ? refusal.notInTheseRules
      : type >= commandType.placeOrder
        ? this.desk.apply(type, words, body, end)
        : this.applyRareCommand(type, words, body, end);
    if (refused !== 0) this.events.refused(refused, refusedStage.whole, type);
    if (withId) this.remember(words, at, start, refused);
  }

  /** Whether the outcome of a request with this id is remembered: sent again, it gets that answer. */
  remembers(requestId: RequestId): boolean {
    return this.outcomes.find(Int32Array.from(requestId), 0) >= 0;
  }

  private remember(words: Int32Array, at: number, start: number, refused: Refusal | 0): void {
    if ((words[at]! & 0xff) === commandType.transfer && refused === 0) {
      const end = at + commandLengthWords(words, at);
      const kept = this.transfers.outcome(words, at + commandHeaderWords, end);
      this.outcomes.remember(words, at + 1, kept, 0, kept.length);
      return;
    }
    this.outcomes.remember(words, at + 1, this.events.words, start, this.cutOutcome(start));
  }

  /** A request that was answered before gets the same answer; a repeated one that may have been is refused. */
  private answeredFromMemory(words: Int32Array, at: number): boolean {
    const entry = this.outcomes.find(words, at + 1);
    if (entry >= 0) {
      const kept = this.outcomes.eventWords(entry);
      if (this.transfers.isOutcome(kept)) {
        this.transfers.repeat(words, at, at + commandLengthWords(words, at), kept);
        return true;
      }
      const events = this.events;
      events.reserve(1 + kept.length);
      events.words[events.length++] = eventType.repeated | ((1 + kept.length) << 16);
      events.words.set(kept, events.length);
      events.length += kept.length;
      return true;
    }
    const isRetry = ((words[at]! >> 8) & commandFlagRetry) !== 0;
    if (isRetry && this.outcomes.mayBeForgotten(words, at + 1)) {
      this.events.refused(refusal.requestTooOld, refusedStage.whole, words[at]! & 0xff);
      return true;
    }
    return false;
  }

  /** End of the whole events from `start` on that fit into the memory of outcomes. */
  private cutOutcome(start: number): number {
    const end = this.events.length;
    if (end - start <= outcomeEventWordsMax) return end;
    let at = start;
    while (at + eventLengthWords(this.events.words, at) - start <= outcomeEventWordsMax) {
      at += eventLengthWords(this.events.words, at);
    }
    return at;
  }

  private applyRareCommand(
    type: number,
    words: Int32Array,
    body: number,
    end: number,
  ): Refusal | 0 {
    const r = new WordReader(words, body, end);
    switch (type) {
      case commandType.tick:
        return r.done ? 0 : refusal.malformedCommand;
      case commandType.createAsset:
        return this.registry.createAsset(r);
      case commandType.createMarket:
        return this.registry.createMarket(r);
      case commandType.setMarketState:
        return this.registry.setMarketState(r, this.clock.nowMs);
      case commandType.setMarketRules:
        return this.registry.setMarketRules(r);
      case commandType.setMarketFees:
        return this.registry.setMarketFees(r);
      case commandType.createAccount:
        return this.registry.createAccount(r);
      case commandType.setAccountFlags:
        return this.registry.setAccountFlags(r, (account) => this.desk.freeze(account));
      case commandType.setAccountFees:
        return this.registry.setAccountFees(r);
      case commandType.setFeeTier:
        return this.registry.setFeeTier(r);
      case commandType.setAccountTier:
        return this.registry.setAccountTier(r);
      case commandType.createKey:
        return this.registry.createKey(r, this.clock.nowMs);
      case commandType.revokeKey:
        return this.registry.revokeKey(r);
      case commandType.setRulesVersion:
        return this.registry.setRulesVersion(r);
      case commandType.setPerson:
        return this.signIns.setPerson(r, this.clock.nowMs);
      case commandType.setSession:
        return this.signIns.setSession(r, this.clock.nowMs);
      case commandType.deposit:
        return this.treasury.deposit(r);
      case commandType.withdraw:
        return this.treasury.withdraw(r);
      case commandType.transfer:
        return this.transfers.apply(words, body, end, this.clock.nowMs);
      default:
        return refusal.notInTheseRules;
    }
  }

  // ---- reading: between commands only ----

  /** What `placeOrder` would refuse now, 0 when nothing; changes nothing. */
  checkOrder(order: PlaceOrder): Refusal | 0 {
    const writer = new WordWriter(64);
    encodePlaceOrder(writer, {}, order);
    return this.desk.check.check(writer.words, commandHeaderWords);
  }

  available(account: number, asset: number): bigint {
    return this.ledger.available(this.ledger.find(account, asset));
  }

  held(account: number, asset: number): bigint {
    return this.ledger.held(this.ledger.find(account, asset));
  }

  /** The same as numbers where they lie between -2^52 and 2^52, else NaN. */
  availableNumber(account: number, asset: number): number {
    return this.ledger.availableNumber(this.ledger.find(account, asset));
  }
  heldNumber(account: number, asset: number): number {
    return this.ledger.heldNumber(this.ledger.find(account, asset));
  }

  /** Ids of the assets in which an account has or had a balance. */
  balanceAssets(account: number): number[] {
    return this.assets
      .all()
      .filter((asset) => this.ledger.find(account, asset.id) !== 0)
      .map((asset) => asset.id);
  }

  /** The hold that was made under this id, open or ended. */
  hold(id: TransferId): HoldRecord | undefined {
    return findHold(this.transferIds, this.holdTable, id);
  }

  /** Open holds of an account's money (-1: of all), by rising number, after that number. */
  openHolds(account: number, after: number, limit: number): HoldRecord[] {
    return listHolds(this.transferIds, this.holdTable, account, after, limit);
  }

  effectiveFees(account: number, market: number): { makerFeePpm: number; takerFeePpm: number } {
    const of = this.markets.get(market)!;
    const tier = this.accounts.tier(account);
    const maker = this.accounts.makerFeePpm(account);
    const taker = this.accounts.takerFeePpm(account);
    return {
      makerFeePpm: maker < 0 ? of.makerFeeOf(tier) : maker,
      takerFeePpm: taker < 0 ? of.takerFeeOf(tier) : taker,
    };
  }

  order(orderId: number): OpenOrder | undefined {
    const slot = this.books.findById(orderId | 0, (orderId / 4294967296) | 0);
    return slot === 0 ? undefined : readOpenOrder(this.books, slot);
  }

  orderByClientId(account: number, clientOrderId: string): OpenOrder | undefined {
    const slot = findByClientId(this.books, account, clientOrderId);
    return slot === 0 ? undefined : readOpenOrder(this.books, slot);
  }

  openOrders(account: number, market = -1): OpenOrder[] {
    return listOpenOrders(this.books, account, market);
  }

  bookSequence(market: number): number {
    return this.markets.get(market)!.bookSequence;
  }

  tradeCount(market: number): number {
    return this.markets.get(market)!.tradeCount;
  }

  levels(market: number, of: Side, limit: number): PriceLevel[] {
    return listLevels(this.books, this.markets.get(market)!, of, limit);
  }

  levelQuantity(market: number, of: Side, priceTicks: number): number {
    const { bids, asks } = this.markets.get(market)!;
    const level = (of === side.buy ? bids : asks).levels.level(priceTicks);
    return level === 0 ? 0 : this.books.levels.lots(level);
  }

  /** 0 when the side is empty. */
  bestPrice(market: number, of: Side): number {
    const { bids, asks } = this.markets.get(market)!;
    return (of === side.buy ? bids : asks).bestPrice;
  }

  /** Id of the order that a taker would meet first on this side, 0 when the side is empty. */
  frontOrderId(market: number, of: Side): number {
    return frontOrderId(this.books, this.markets.get(market)!, of);
  }

  get openOrderCount(): number {
    return this.books.restingCount;
  }

  audit(): AuditReport {
    return auditLedger(this.ledger, this.books, this.assets, this.holdTable);
  }
}
