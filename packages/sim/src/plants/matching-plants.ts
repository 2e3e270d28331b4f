import type { Sabotage } from "../sabotage.ts";
import { ordersBehind, replace, selfTradeModeOf } from "./core-internals.ts";
import { everywhere, inMarkets } from "./planting.ts";

const oneTickPpm = 1_000;
const lateByMs = 150;

/** Bugs in what happens when orders meet: icebergs, self-trade prevention, auctions, bands. */
export const matchingPlants: Readonly<Record<string, Sabotage>> = {
  "an iceberg keeps its place on refill": everywhere((core) =>
    replace(core.books, "showNextPart", (showNextPart) => (slot, market) => {
      const behind = ordersBehind(core, slot);
      showNextPart(slot, market);
      for (const other of behind) {
        core.books.unrest(other, market);
        core.books.rest(other, market);
      }
    }),
  ),
  "the maker's self-trade mode is used": everywhere((core) =>
    replace(core.desk.matching.selfTrade, "prevent", (prevent) => (taker, maker, price, market) => {
      const mode = selfTradeModeOf(core, maker) || taker.mode;
      return prevent({ ...taker, mode }, maker, price, market);
    }),
  ),
  "decrement takes one lot too much": everywhere(({ desk: { matching } }) =>
    replace(matching.selfTrade, "prevent", (prevent) => (taker, maker, price, market) => {
      const result = prevent(taker, maker, price, market);
      const takesMore = result.lotsTaken > 0 && taker.left > result.lotsTaken + 1;
      return takesMore ? { ...result, lotsTaken: result.lotsTaken + 1 } : result;
    }),
  ),
  "a market opens without its auction": everywhere(({ desk }) =>
    replace(desk, "open", () => () => {}),
  ),
  "an auction's ties go to the lowest price": everywhere(({ desk }) =>
    replace(desk, "open", (open) => (auction, market, nowMs) => {
      const { priceOf } = auction;
      auction.priceOf = (of) => {
        const { lastPrice } = of;
        of.lastPrice = 1;
        const price = priceOf.call(auction, of);
        of.lastPrice = lastPrice;
        return price;
      };
      open(auction, market, nowMs);
      auction.priceOf = priceOf;
    }),
  ),
  "the band is a tick too wide": inMarkets((market) =>
    replace(market, "setRules", (setRules) => (rules) => {
      setRules(rules);
      if (market.bandPpm > 0) market.bandPpm += oneTickPpm;
    }),
  ),
  "a market's state lasts too long": everywhere(({ desk: { phases } }) => {
    replace(phases, "isDue", (isDue) => (nowMs) => isDue(nowMs - lateByMs));
    replace(phases, "advance", (advance) => (market, nowMs) => advance(market, nowMs - lateByMs));
  }),
  "a fee tier is ignored": inMarkets((market) => {
    market.takerFeeOf = () => market.takerFeePpm;
  }),
};

/** Bugs in money that moves without trades. */
export const transferPlants: Readonly<Record<string, Sabotage>> = {
  "a hold ends too early": everywhere(({ holdTable }) =>
    replace(holdTable, "due", (due) => (nowMs) => due(nowMs + lateByMs)),
  ),
  "a transfer's id that failed may be used again": everywhere(({ transfers }) =>
    replace(transfers.chain, "fail", () => () => {}),
  ),
  "what a failed chain moved stays moved": everywhere(({ transfers: { postings } }) =>
    replace(postings, "rollback", () => () => postings.begin()),
  ),
};
