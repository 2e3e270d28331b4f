import { accountFlag, keyKind, marketState } from "../commands/command.ts";
import { timeMsMax } from "../log-clock.ts";
import { exactLimit } from "../money/amount.ts";
import { auditLedger } from "../money/audit.ts";
import { externalAccount, feeAccount } from "../money/ledger.ts";
import { assetsMax } from "../registry/assets.ts";
import { isKey } from "../registry/keys.ts";
import { checkMarketParameters, isFeePpm, marketsMax } from "../registry/markets.ts";
import {
  isPersonName,
  isPersonRole,
  isSessionId,
  peopleMax,
  personRole,
  sessionsPerPersonMax,
} from "../registry/people.ts";
import type { VenueState } from "../venue.ts";
import { checkBooks } from "./book-check.ts";
import { checkLists } from "./list-check.ts";
import { checkTransfers } from "./transfer-check.ts";

/**
 * What must hold of a state that comes out of a snapshot, part by part: each says so by throwing, and
 * looks only at what those before it have found sound. A checksum tells damage; this tells a state
 * that nobody can have saved, so that it ends here and not in the middle of a command.
 */
const parts: readonly ((state: VenueState) => void)[] = [
  checkCounters,
  checkAssets,
  checkAccounts,
  checkKeys,
  checkPeople,
  checkLedger,
  checkMarkets,
  checkBooks,
  checkLists,
  checkTransfers,
  checkBalances,
];

export function checkState(state: VenueState): void {
  for (const check of parts) check(state);
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** Nothing has been counted so far that counting on would leave the exact numbers. */
const countMax = exactLimit / 2;

function checkCounters(s: VenueState): void {
  const counts = [s.position, s.transferIds.lastNumber, s.books.nextOrderId, s.lists.nextId];
  for (const market of s.markets.all()) {
    counts.push(market.bookSequence, market.tradeCount, market.preventedCount);
    counts.push(market.stateUntilMs, market.bandWindowEndsAtMs);
  }
  must(
    counts.every((count) => count <= countMax),
    "a counter is beyond what can have been counted",
  );
  must(s.books.nextOrderId >= 1 && s.lists.nextId >= 1, "ids begin with 1");
  const times = [s.clock.nowMs, s.outcomes.forgottenThroughMs];
  must(
    times.every((timeMs) => timeMs <= timeMsMax),
    "a time is beyond what a batch can say",
  );
}

function checkAssets({ assets }: VenueState): void {
  must(assets.all().length <= assetsMax, "there are more assets than there may be");
  const isFirst = assets.all().every((asset) => assets.byCode(asset.code) === asset);
  must(isFirst, "two assets have one code");
}

const allFlags = Object.values(accountFlag).reduce((bits, flag) => bits | flag, 0);

function checkAccounts({ accounts }: VenueState): void {
  const isFee = (ppm: number) => ppm === -1 || isFeePpm(ppm);
  for (let account = 0; account < accounts.count; account++) {
    const sound =
      (accounts.flags(account) & ~allFlags) === 0 &&
      isFee(accounts.makerFeePpm(account)) &&
      isFee(accounts.takerFeePpm(account));
    must(sound, `account ${account} has flags or fees that cannot be set`);
  }
}

function checkKeys({ keys, accounts }: VenueState): void {
  for (const key of keys.all()) {
    const { account, kind } = key;
    const isHis =
      kind === keyKind.administrator
        ? account === externalAccount
        : account > feeAccount && accounts.exists(account);
    must(isKey(key) && isHis, `key ${key.name} cannot have been made`);
  }
}

function checkPeople({ people, accounts }: VenueState): void {
  must(people.count <= peopleMax, "there are more people than there may be");
  for (const { name, role, account, revision, sessions } of people.all()) {
    const isHis =
      role === personRole.administrator
        ? account === externalAccount
        : account > feeAccount && accounts.exists(account);
    must(isPersonName(name) && isPersonRole(role) && isHis, `${name} cannot have been made`);
    must(revision >= 1 && revision <= countMax, `${name} has a revision that cannot be`);
    must(sessions.length <= sessionsPerPersonMax, `${name} has too many sessions`);
    must(
      sessions.every(({ id }) => isSessionId(id)),
      `a session of ${name} cannot have been opened`,
    );
  }
}

function checkLedger({ ledger, accounts, assets }: VenueState): void {
  for (let slot = 1; slot < ledger.slotCount; slot++) {
    const { account, asset } = ledger.ownerOf(slot);
    const known = account < accounts.count && asset < assets.all().length;
    must(known, `ledger slot ${slot} is of an unknown account or asset`);
    must(account !== externalAccount || ledger.held(slot) === 0n, "the world holds something");
  }
}

const states = Object.values(marketState) as number[];

function checkMarkets({ markets, assets, ledger }: VenueState): void {
  must(markets.all().length <= marketsMax, "there are more markets than there may be");
  for (const market of markets.all()) {
    const { symbol, baseAsset, quoteAsset } = market;
    const base = assets.get(baseAsset)!;
    const isSound =
      assets.get(quoteAsset) !== undefined &&
      baseAsset !== quoteAsset &&
      checkMarketParameters(market, base) === 0 &&
      states.includes(market.state);
    must(isSound, `market ${symbol} cannot have been made`);
    must(markets.bySymbol(symbol) === market, `market ${symbol} is there twice`);
    const hasFeeSlots =
      ledger.find(feeAccount, baseAsset) !== 0 && ledger.find(feeAccount, quoteAsset) !== 0;
    must(hasFeeSlots, `market ${symbol} has nowhere to put its fees`);
  }
}

/** Every order holds what it should, and per asset everything adds up. */
function checkBalances({ ledger, books, assets, holds }: VenueState): void {
  must(auditLedger(ledger, books, assets, holds).balanced, "the books do not balance");
}
