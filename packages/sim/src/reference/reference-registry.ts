import { refusal } from "@halcyon/core";
import type { Command, MarketRules } from "./commands.ts";

export type Market = {
  readonly id: number;
  readonly rules: MarketRules;
  /** Quote units of one lot at a price of one tick. */
  readonly unit: bigint;
  state: number;
  makerFeePpm: number;
  takerFeePpm: number;
  trades: number;
};
export type Account = {
  readonly label: string;
  flags: number;
  makerFeePpm: number;
  takerFeePpm: number;
};

const firstCustomer = 2;

/** What the venue trades and for whom, as the administrator's commands make and change it. */
export class ReferenceRegistry {
  readonly assets: { readonly code: string; readonly decimals: number }[] = [];
  readonly markets: Market[] = [];
  readonly accounts: Account[] = [newAccount("external"), newAccount("fees")];

  /** Lines of what happened, or the number of the refusal. */
  apply(c: Command): readonly string[] | number {
    switch (c.kind) {
      case "createAsset":
        if (this.assets.some(({ code }) => code === c.code)) return refusal.assetExists;
        this.assets.push({ code: c.code, decimals: c.decimals });
        return [`asset ${this.assets.length - 1} ${c.code} ${c.decimals}`];
      case "createMarket":
        return this.#createMarket(c.rules);
      case "setMarketState": {
        if (c.state < 0 || c.state > 2) return refusal.malformedCommand;
        const market = this.markets[c.market];
        if (market === undefined) return refusal.unknownMarket;
        market.state = c.state;
        return [`market ${c.market} state ${c.state}`];
      }
      case "setMarketFees": {
        const market = this.markets[c.market];
        if (market === undefined) return refusal.unknownMarket;
        if (!isFee(c.maker) || !isFee(c.taker)) return refusal.feeTooHigh;
        market.makerFeePpm = c.maker;
        market.takerFeePpm = c.taker;
        return [`market ${c.market} fees ${c.maker} ${c.taker}`];
      }
      case "createAccount":
        this.accounts.push(newAccount(c.label));
        return [`account ${this.accounts.length - 1} "${c.label}"`];
      case "setAccountFlags": {
        if (c.flags < 0 || c.flags > 7) return refusal.malformedCommand;
        const account = this.customer(c.account);
        if (account === undefined) return refusal.unknownAccount;
        account.flags = c.flags;
        return [`account ${c.account} flags ${c.flags}`];
      }
      case "setAccountFees": {
        const account = this.customer(c.account);
        if (account === undefined) return refusal.unknownAccount;
        if (!isOwnFee(c.maker) || !isOwnFee(c.taker)) return refusal.feeTooHigh;
        account.makerFeePpm = c.maker;
        account.takerFeePpm = c.taker;
        return [`account ${c.account} fees ${c.maker} ${c.taker}`];
      }
      default:
        throw new Error(`the reference has no rule for ${c.kind}`);
    }
  }

  customer(account: number): Account | undefined {
    return account >= firstCustomer ? this.accounts[account] : undefined;
  }

  #createMarket(rules: MarketRules): readonly string[] | number {
    const base = this.assets[rules.baseAsset];
    const quote = this.assets[rules.quoteAsset];
    if (base === undefined || quote === undefined || base === quote) return refusal.unknownAsset;
    if (this.markets.some((market) => market.rules.symbol === rules.symbol)) {
      return refusal.marketExists;
    }
    const scale = 10n ** BigInt(base.decimals);
    if ((rules.tickUnits * rules.lotUnits) % scale !== 0n) return refusal.marketParameters;
    const { makerFeePpm, takerFeePpm } = rules;
    const unit = (rules.tickUnits * rules.lotUnits) / scale;
    const id = this.markets.length;
    this.markets.push({ id, rules, unit, state: 0, makerFeePpm, takerFeePpm, trades: 0 });
    return [`market ${id} ${rules.symbol}`];
  }
}

function newAccount(label: string): Account {
  return { label, flags: 0, makerFeePpm: -1, takerFeePpm: -1 };
}
function isFee(ppm: number): boolean {
  return ppm >= 0 && ppm <= 100_000;
}
function isOwnFee(ppm: number): boolean {
  return ppm === -1 || isFee(ppm);
}
