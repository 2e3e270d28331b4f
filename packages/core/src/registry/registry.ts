import type { WordReader } from "../bytes/word-reader.ts";
import {
  accountFlag,
  type KeyKind,
  keyKind,
  type MarketState,
  marketState,
} from "../commands/command.ts";
import { eventType } from "../events/event.ts";
import type { EventBuffer } from "../events/event-buffer.ts";
import {
  marketStateCause,
  readMarketParameters,
  readMarketRules,
} from "../events/registry-event.ts";
import { feeAccount, type Ledger } from "../money/ledger.ts";
import { type Refusal, refusal } from "../refusal.ts";
import { type Accounts, accountsMax } from "./accounts.ts";
import { type Assets, assetsMax, isAsset } from "./assets.ts";
import {
  isKey,
  type Keys,
  keyMaterialBytesMax,
  keyNameBytesMax,
  keysPerAccountMax,
} from "./keys.ts";
import type { MarketPhases } from "./market-phases.ts";
import { areSound } from "./market-rules.ts";
import {
  checkMarketParameters,
  feeTiersMax,
  isFeePpm,
  isOwnFeePpm,
  Market,
  type Markets,
  marketsMax,
  notionalMultiplier,
} from "./markets.ts";
import type { Rules } from "./rules-version.ts";

const labelBytesMax = 200;

/** What the venue trades and for whom: assets, markets, accounts and keys, made and changed by command. */
export class Registry {
  private readonly assets: Assets;
  private readonly markets: Markets;
  private readonly accounts: Accounts;
  private readonly keys: Keys;
  private readonly ledger: Ledger;
  private readonly rules: Rules;
  private readonly events: EventBuffer;
  private readonly phases: MarketPhases;

  constructor(of: {
    assets: Assets;
    markets: Markets;
    accounts: Accounts;
    keys: Keys;
    ledger: Ledger;
    rules: Rules;
    events: EventBuffer;
    phases: MarketPhases;
  }) {
    this.phases = of.phases;
    this.assets = of.assets;
    this.markets = of.markets;
    this.accounts = of.accounts;
    this.keys = of.keys;
    this.ledger = of.ledger;
    this.rules = of.rules;
    this.events = of.events;
  }

  createAsset(r: WordReader): Refusal | 0 {
    const code = r.text(64);
    const decimals = r.i32();
    if (!r.done || !isAsset(code, decimals)) return refusal.malformedCommand;
    if (this.assets.byCode(code) !== undefined) return refusal.assetExists;
    if (this.assets.all().length >= assetsMax) return refusal.tooManyAssets;
    const asset = this.assets.add(code, decimals);
    const event = this.events.begin(eventType.assetCreated);
    this.events.i32(asset.id).text(code).i32(decimals);
    this.events.end(event);
    return 0;
  }

  createMarket(r: WordReader): Refusal | 0 {
    const from = r.at;
    const parameters = readMarketParameters(r);
    if (!r.done) return refusal.malformedCommand;
    const base = this.assets.get(parameters.baseAsset);
    const quote = this.assets.get(parameters.quoteAsset);
    if (base === undefined || quote === undefined || base === quote) return refusal.unknownAsset;
    if (this.markets.bySymbol(parameters.symbol) !== undefined) return refusal.marketExists;
    if (this.markets.all().length >= marketsMax) return refusal.tooManyMarkets;
    const wrong = checkMarketParameters(parameters, base);
    if (wrong !== 0) return wrong;
    const id = this.markets.all().length;
    const multiplier = Number(notionalMultiplier(parameters, base));
    const feeSlots = {
      base: this.ledger.slot(feeAccount, base.id),
      quote: this.ledger.slot(feeAccount, quote.id),
    };
    this.markets.add(new Market(id, parameters, multiplier, feeSlots));
    const event = this.events.begin(eventType.marketCreated);
    this.events.i32(id);
    for (let i = from; i < r.at; i++) this.events.i32(r.words[i]!);
    this.events.end(event);
    return 0;
  }

  /** At once; with a third word 1 it resumes from there by itself (`MarketPhases`). */
  setMarketState(r: WordReader, logTimeMs: number): Refusal | 0 {
    const market = this.markets.get(r.i32());
    const state = r.i32();
    // The third word is there only to say so.
    const resumes = r.at < r.end;
    const saysSo = resumes && r.i32() === 1;
    const isSound =
      r.done &&
      state >= 0 &&
      state <= (this.rules.version < 2 ? marketState.cancelOnly : marketState.auction) &&
      (!resumes || (saysSo && this.rules.version >= 2 && state !== marketState.postOnly));
    if (!isSound) return refusal.malformedCommand;
    if (market === undefined) return refusal.unknownMarket;
    const to = state as MarketState;
    this.phases.enter(market, to, marketStateCause.command, resumes, logTimeMs);
    return 0;
  }

  setMarketRules(r: WordReader): Refusal | 0 {
    const market = this.markets.get(r.i32());
    const from = r.at;
    const rules = readMarketRules(r);
    if (!r.done) return refusal.malformedCommand;
    if (market === undefined) return refusal.unknownMarket;
    if (!areSound(rules)) return refusal.marketParameters;
    market.setRules(rules);
    const event = this.events.begin(eventType.marketRulesChanged);
    this.events.i32(market.id);
    for (let i = from; i < r.at; i++) this.events.i32(r.words[i]!);
    this.events.end(event);
    return 0;
  }

  setMarketFees(r: WordReader): Refusal | 0 {
    const market = this.markets.get(r.i32());
    const makerFeePpm = r.i32();
    const takerFeePpm = r.i32();
    if (!r.done) return refusal.malformedCommand;
    if (market === undefined) return refusal.unknownMarket;
    if (!isFeePpm(makerFeePpm) || !isFeePpm(takerFeePpm)) return refusal.feeTooHigh;
    market.makerFeePpm = makerFeePpm;
    market.takerFeePpm = takerFeePpm;
    this.small(eventType.marketFeesChanged, market.id, makerFeePpm, takerFeePpm);
    return 0;
  }

  createAccount(r: WordReader): Refusal | 0 {
    const label = r.text(labelBytesMax);
    if (!r.done) return refusal.malformedCommand;
    if (this.accounts.count >= accountsMax) return refusal.tooManyAccounts;
    const account = this.accounts.open(label);
    const event = this.events.begin(eventType.accountCreated);
    this.events.i32(account).text(label);
    this.events.end(event);
    return 0;
  }

  /** `freeze` cancels the open orders of an account that is frozen from now on. */
  setAccountFlags(r: WordReader, freeze: (account: number) => void): Refusal | 0 {
    const account = r.i32();
    const flags = r.i32();
    const flagsMax = this.rules.version === 1 ? 7 : 31;
    if (!r.done || flags < 0 || flags > flagsMax) return refusal.malformedCommand;
    if (!this.isCustomer(account)) return refusal.unknownAccount;
    if ((flags & accountFlag.mayOverdraw) === 0 && this.isOverdrawn(account)) {
      return refusal.accountOverdrawn;
    }
    this.accounts.setFlags(account, flags);
    this.small(eventType.accountFlagsChanged, account, flags);
    if ((flags & accountFlag.frozen) !== 0) freeze(account);
    return 0;
  }

  setAccountFees(r: WordReader): Refusal | 0 {
    const account = r.i32();
    const makerFeePpm = r.i32();
    const takerFeePpm = r.i32();
    if (!r.done) return refusal.malformedCommand;
    if (!this.isCustomer(account)) return refusal.unknownAccount;
    if (!isOwnFeePpm(makerFeePpm) || !isOwnFeePpm(takerFeePpm)) return refusal.feeTooHigh;
    this.accounts.setFees(account, makerFeePpm, takerFeePpm);
    this.small(eventType.accountFeesChanged, account, makerFeePpm, takerFeePpm);
    return 0;
  }

  setFeeTier(r: WordReader): Refusal | 0 {
    const market = this.markets.get(r.i32());
    const tier = r.i32();
    const makerFeePpm = r.i32();
    const takerFeePpm = r.i32();
    const isSound = r.ok && r.at === r.end && tier >= 1 && tier <= feeTiersMax;
    if (!isSound) return refusal.malformedCommand;
    if (market === undefined) return refusal.unknownMarket;
    if (!isOwnFeePpm(makerFeePpm) || !isOwnFeePpm(takerFeePpm)) return refusal.feeTooHigh;
    market.tierFees[tier * 2] = makerFeePpm;
    market.tierFees[tier * 2 + 1] = takerFeePpm;
    this.small(eventType.feeTierChanged, market.id, tier, makerFeePpm, takerFeePpm);
    return 0;
  }

  setAccountTier(r: WordReader): Refusal | 0 {
    const account = r.i32();
    const tier = r.i32();
    const isSound = r.ok && r.at === r.end && tier >= 0 && tier <= feeTiersMax;
    if (!isSound) return refusal.malformedCommand;
    if (!this.isCustomer(account)) return refusal.unknownAccount;
    this.accounts.setTier(account, tier);
    this.small(eventType.accountTierChanged, account, tier);
    return 0;
  }

  createKey(r: WordReader, logTimeMs: number): Refusal | 0 {
    const account = r.i32();
    const kind = r.i32() as KeyKind;
    const permissions = r.i32();
    const name = r.text(keyNameBytesMax);
    const label = r.text(labelBytesMax);
    const material = r.bytes(keyMaterialBytesMax);
    const allowedAddresses = r.text(2048);
    if (!r.done || !isKey({ name, kind, permissions })) return refusal.malformedCommand;
    if (kind === keyKind.administrator ? account !== 0 : !this.isCustomer(account)) {
      return refusal.unknownAccount;
    }
    if (this.keys.get(name) !== undefined) return refusal.keyExists;
    if (this.keys.ofAccount(account).length >= keysPerAccountMax) return refusal.tooManyKeys;
    this.keys.add({
      name,
      account,
      kind,
      permissions,
      label,
      material,
      allowedAddresses,
      createdAtMs: logTimeMs,
    });
    const event = this.events.begin(eventType.keyCreated);
    this.events.i32(account).i32(kind).text(name);
    this.events.end(event);
    return 0;
  }

  revokeKey(r: WordReader): Refusal | 0 {
    const key = this.keys.get(r.text(keyNameBytesMax));
    if (!r.done) return refusal.malformedCommand;
    if (key === undefined) return refusal.unknownKey;
    this.keys.remove(key);
    const event = this.events.begin(eventType.keyRevoked);
    this.events.i32(key.account).text(key.name);
    this.events.end(event);
    return 0;
  }

  /** Refuses a version that is not higher than the present one; `openBatch` lets in no unknown one. */
  setRulesVersion(r: WordReader): Refusal | 0 {
    const version = r.i32();
    if (!r.done) return refusal.malformedCommand;
    if (version <= this.rules.version) return refusal.rulesVersionNotHigher;
    this.rules.set(version);
    this.small(eventType.rulesVersionChanged, version);
    return 0;
  }

  /** Only accounts that may overdraw are ever below zero. */
  private isOverdrawn(account: number): boolean {
    if ((this.accounts.flags(account) & accountFlag.mayOverdraw) === 0) return false;
    const { ledger } = this;
    return this.assets.all().some(({ id }) => ledger.available(ledger.find(account, id)) < 0n);
  }

  isCustomer(account: number): boolean {
    return account > feeAccount && this.accounts.exists(account);
  }

  private small(type: Parameters<EventBuffer["begin"]>[0], ...words: number[]): void {
    const event = this.events.begin(type);
    for (const word of words) this.events.i32(word);
    this.events.end(event);
  }
}
