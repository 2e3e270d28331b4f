import { closeReason, refusal } from "@halcyon/core";
import type { Command } from "./commands.ts";
import { closeAll } from "./reference-closing.ts";
import { createMarket, setMarketRules, setMarketState } from "./reference-markets.ts";
import { newAccount, type ReferenceState } from "./reference-state.ts";

const newestRules = 3;
const frozen = 8;
const mayOverdraw = 16;
const tiersMax = 63;

/** What the venue trades and for whom, as the administrator's commands make and change it: returns the refusal, or 0. */
export function administer(s: ReferenceState, c: Command): number {
  switch (c.kind) {
    case "createAsset":
      if (s.assets.some(({ code }) => code === c.code)) return refusal.assetExists;
      s.assets.push({ code: c.code, decimals: c.decimals });
      s.say(`asset ${s.assets.length - 1} ${c.code} ${c.decimals}`);
      return 0;
    case "createMarket":
      return createMarket(s, c.grid);
    case "setMarketState":
      return setMarketState(s, c);
    case "setMarketRules":
      return setMarketRules(s, c.market, c.rules);
    case "setMarketFees": {
      const market = s.markets[c.market];
      if (market === undefined) return refusal.unknownMarket;
      if (!isFee(c.maker) || !isFee(c.taker)) return refusal.feeTooHigh;
      market.makerFeePpm = c.maker;
      market.takerFeePpm = c.taker;
      s.say(`market ${c.market} fees ${c.maker} ${c.taker}`);
      return 0;
    }
    case "setRulesVersion":
      if (c.version <= s.rulesVersion) return refusal.rulesVersionNotHigher;
      if (c.version > newestRules) throw new Error(`the reference knows no rules ${c.version}`);
      s.rulesVersion = c.version;
      s.say(`rules ${c.version}`);
      return 0;
    case "createAccount":
      s.accounts.push(newAccount(c.label));
      s.say(`account ${s.accounts.length - 1} "${c.label}"`);
      return 0;
    default:
      return changeAccount(s, c);
  }
}

function changeAccount(s: ReferenceState, c: Command): number {
  switch (c.kind) {
    case "setAccountFlags": {
      if (c.flags < 0 || c.flags > (s.rulesVersion >= 2 ? 31 : 7)) return refusal.malformedCommand;
      const account = s.customer(c.account);
      if (account === undefined) return refusal.unknownAccount;
      if ((c.flags & mayOverdraw) === 0 && isOverdrawn(s, c.account, account.flags)) {
        return refusal.accountOverdrawn;
      }
      account.flags = c.flags;
      s.say(`account ${c.account} flags ${c.flags}`);
      if ((c.flags & frozen) !== 0) closeAll(s, c.account, null, closeReason.accountFrozen);
      return 0;
    }
    case "setFeeTier": {
      if (c.tier < 1 || c.tier > tiersMax) return refusal.malformedCommand;
      const market = s.markets[c.market];
      if (market === undefined) return refusal.unknownMarket;
      if (!isOwnFee(c.maker) || !isOwnFee(c.taker)) return refusal.feeTooHigh;
      market.tiers.set(c.tier, { maker: c.maker, taker: c.taker });
      s.say(`market ${c.market} tier ${c.tier} fees ${c.maker} ${c.taker}`);
      return 0;
    }
    case "setAccountTier": {
      if (c.tier < 0 || c.tier > tiersMax) return refusal.malformedCommand;
      const account = s.customer(c.account);
      if (account === undefined) return refusal.unknownAccount;
      account.tier = c.tier;
      s.say(`account ${c.account} tier ${c.tier}`);
      return 0;
    }
    case "setAccountFees": {
      const account = s.customer(c.account);
      if (account === undefined) return refusal.unknownAccount;
      if (!isOwnFee(c.maker) || !isOwnFee(c.taker)) return refusal.feeTooHigh;
      account.makerFeePpm = c.maker;
      account.takerFeePpm = c.taker;
      s.say(`account ${c.account} fees ${c.maker} ${c.taker}`);
      return 0;
    }
    default:
      throw new Error(`the reference has no rule for ${c.kind}`);
  }
}

/** Only an account that may overdraw can have; it keeps the flag until it has paid back. */
function isOverdrawn(s: ReferenceState, account: number, flags: number): boolean {
  if ((flags & mayOverdraw) === 0) return false;
  return s.assets.some((_, asset) => s.ledger.available(account, asset) < 0n);
}

function isFee(ppm: number): boolean {
  return ppm >= 0 && ppm <= 100_000;
}
function isOwnFee(ppm: number): boolean {
  return ppm === -1 || isFee(ppm);
}
