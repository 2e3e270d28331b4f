import type { Sabotage } from "../sabotage.ts";
import { internalsOf, replace, requeue } from "./core-internals.ts";
import { everywhere, inMarkets, onOneNode } from "./planting.ts";

export const memoryPlants: Readonly<Record<string, Sabotage>> = {
  "a request sent again is executed again": everywhere(({ outcomes }) =>
    replace(outcomes, "find", () => () => -1),
  ),
  "every eighth outcome is forgotten": everywhere(({ outcomes }) =>
    replace(outcomes, "remember", (remember) => (id, at, events, start, end) => {
      if ((id[at + 3]! & 7) !== 0) remember(id, at, events, start, end);
    }),
  ),
  "a used transfer reference counts again": everywhere(({ treasury }) => {
    treasury.references.has = () => false;
  }),
};

export const moneyPlants: Readonly<Record<string, Sabotage>> = {
  "a hold is not released": everywhere(({ books }) =>
    replace(books, "releaseHold", (release) => (slot, lots, market) => {
      if (slot % 5 !== 3) release(slot, lots, market);
    }),
  ),
  "a hold is released one lot short": everywhere(({ books }) =>
    replace(books, "releaseHold", (release) => (slot, lots, market) => {
      release(slot, lots % 7 === 3 ? lots - 1 : lots, market);
    }),
  ),
  "an amount passes through a 32-bit float": everywhere(({ ledger }) =>
    replace(ledger, "credit", (credit) => (slot, amount) => {
      credit(slot, amount > 2 ** 40 ? Math.fround(amount) : amount);
    }),
  ),
  "a fee is rounded up": everywhere(({ ledger }) =>
    replace(ledger, "exchange", (exchange) => (...amounts) => {
      const fee = amounts.at(-1)!;
      exchange(...amounts.slice(0, -1), fee > 0 && fee % 3 === 1 ? fee + 1 : fee);
    }),
  ),
  "the maker's and the taker's fee are swapped": everywhere(({ ledger }) =>
    replace(ledger, "exchange", (exchange) => (...amounts) => {
      const [taker, maker] = amounts.slice(-2);
      exchange(...amounts.slice(0, -2), maker!, taker!);
    }),
  ),
  "an account's own taker fee is ignored": everywhere(({ accounts }) =>
    replace(accounts, "takerFeePpm", () => () => -1),
  ),
  "a balance covers a little more than it has": everywhere(({ ledger }) =>
    replace(
      ledger,
      "covers",
      (covers) => (slot, amount) => covers(slot, amount - Math.floor(amount / 20)),
    ),
  ),
  "one node's ledger drifts by a unit": onOneNode(({ ledger }) =>
    replace(ledger, "credit", (credit) => (slot, amount) => credit(slot, amount + 1)),
  ),
};

export const orderPlants: Readonly<Record<string, Sabotage>> = {
  "anybody cancels anybody's order": everywhere(({ books }) =>
    replace(books, "findOwn", () => (low, high) => books.findById(low, high)),
  ),
  "a client order id may be used twice": everywhere(({ books }) =>
    replace(
      books.byClientId,
      "find",
      (find) => (account, bytes, words, at) =>
        account % 2 === 0 ? 0 : find(account, bytes, words, at),
    ),
  ),
  "a reduced order loses its place": {
    venue: (venue) =>
      replace(internalsOf(venue).desk.amending, "reduce", (reduce) => (words, at) => {
        const refused = reduce(words, at);
        if (refused === 0) requeue(venue, words[at + 2]! >>> 0);
        return refused;
      }),
  },
  "one order in sixteen does not match": everywhere(({ desk: { matching } }) =>
    replace(
      matching,
      "crosses",
      (crosses) => (opposite) => matching.idLow % 16 !== 5 && crosses(opposite),
    ),
  ),
  "fill-or-kill fills in part": everywhere(({ desk: { matching, check } }) =>
    replace(matching, "match", (match) => (nowMs) => {
      if (check.tif === 2 && check.lots % 2 === 0) check.tif = 1;
      match(nowMs);
    }),
  ),
  "the least quantity is off by one": inMarkets((market) => {
    if (market.quantityLotsMin === 2) market.quantityLotsMin = 3;
  }),
  "one open order too many is let in": inMarkets((market) => {
    market.openOrdersMax = 13;
  }),
  "the least notional is off by one": inMarkets((market) => {
    if (market.notionalMinNumber > 0) market.notionalMinNumber = 20_001;
  }),
  "a suspended account trades": everywhere(({ accounts }) =>
    replace(accounts, "flags", (flags) => (account) => flags(account) & ~1),
  ),
  "a halted market trades": everywhere(({ registry, markets }) =>
    replace(registry, "setMarketState", (set) => (reader, nowMs) => {
      const refused = set(reader, nowMs);
      for (const market of markets.all()) if (market.state === 1) market.state = 0;
      return refused;
    }),
  ),
  "a replacement is tried although its cancel failed": {
    venue: (venue) =>
      replace(internalsOf(venue).desk, "cancelReplace", (apply) => (words, body, end) => {
        words[body] = 1;
        return apply(words, body, end);
      }),
  },
};

export const timePlants: Readonly<Record<string, Sabotage>> = {
  "log time is the writer's time": everywhere(({ clock }) =>
    replace(clock, "advance", () => (_, timeMs) => {
      clock.nowMs = timeMs;
    }),
  ),
  "log time depends on who applies": onOneNode(({ clock }) =>
    replace(clock, "advance", (advance) => (node, timeMs) => advance(node, timeMs + 1)),
  ),
};
