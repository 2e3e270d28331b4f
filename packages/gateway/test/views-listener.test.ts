import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeCancelAll,
  encodePlaceOrder,
  encodeSetMarketState,
  encodeTick,
  encodeTransfers,
  marketState,
  orderType,
  type SelfTradeMode,
  type Side,
  side,
  type TransferId,
  type TransferOrder,
  timeInForce,
  transferKind,
} from "@halcyon/core";
import type { ViewListener } from "../src/views/listener.ts";
import { isOnBook } from "../src/views/order-status.ts";
import { alice, bob, market, orderOf, ViewsVenue } from "./views-venue.ts";

/** Writes down everything it hears. */
function scribe(heard: unknown[][], watches?: number): ViewListener {
  return {
    ...(watches === undefined ? {} : { watchesAccount: (account: number) => account === watches }),
    onOrder: ({ kind, order, fill, cancelClientOrderId }) =>
      heard.push([
        kind,
        order.account,
        order.status,
        order.executedLots,
        isOnBook(order),
        fill?.tradeId ?? null,
        cancelClientOrderId,
      ]),
    onTrade: (of, trade) => heard.push(["market trade", of, trade.tradeId]),
    onAggregateTrade: (of, a) =>
      heard.push(["aggregate", of, a.aggregateId, a.firstTradeId, a.lastTradeId, a.quantityLots]),
    onLevel: (of, at, priceTicks) => heard.push(["level", of, at, priceTicks]),
    onBalance: ({ account, total, held }) => heard.push(["balance", account, total, held]),
    onCommandEnd: (_context, markets) => heard.push(["end", ...markets]),
  };
}

test("a live listener hears each step of an order's life in order", () => {
  const v = new ViewsVenue();
  const heard: unknown[][] = [];
  v.views.listen(scribe(heard));
  v.place({ account: bob, side: side.sell, priceTicks: 100, quantityLots: 2 });
  assert.deepEqual(heard, []);
  v.views.live = true;
  v.place({ account: bob, side: side.sell, priceTicks: 100, quantityLots: 2 });
  assert.deepEqual(heard.splice(0), [
    ["new", bob, "NEW", 0, true, null, ""],
    ["level", market, side.sell, 100],
    ["end", market],
  ]);
  v.place({ account: bob, side: side.sell, priceTicks: 101, quantityLots: 5 });
  heard.length = 0;
  v.place({ priceTicks: 101, quantityLots: 6 });
  assert.deepEqual(heard.splice(0), [
    ["new", alice, "NEW", 0, true, null, ""],
    ["trade", alice, "PARTIALLY_FILLED", 2, true, 1, ""],
    ["trade", bob, "FILLED", 2, false, 1, ""],
    ["market trade", market, 1],
    ["level", market, side.sell, 100],
    ["trade", alice, "PARTIALLY_FILLED", 4, true, 2, ""],
    ["trade", bob, "FILLED", 2, false, 2, ""],
    ["market trade", market, 2],
    ["level", market, side.sell, 100],
    ["trade", alice, "FILLED", 6, false, 3, ""],
    ["trade", bob, "PARTIALLY_FILLED", 2, true, 3, ""],
    ["aggregate", market, 1, 1, 2, 4],
    ["market trade", market, 3],
    ["level", market, side.sell, 101],
    ["aggregate", market, 2, 3, 3, 2],
    ["end", market],
  ]);
  v.run((w) => encodeCancelAll(w, {}, { account: bob, market }));
  assert.deepEqual(heard.splice(0), [
    ["cancelled", bob, "CANCELED", 2, false, null, ""],
    ["level", market, side.sell, 101],
    ["end", market],
  ]);
});

test("what never came to the book changes no level; a spent quote amount ends with its last trade", () => {
  const v = new ViewsVenue();
  v.place({ account: bob, side: side.sell, priceTicks: 100, quantityLots: 2 });
  const heard: unknown[][] = [];
  v.views.listen(scribe(heard));
  v.views.live = true;
  v.place({ priceTicks: 99, quantityLots: 5, timeInForce: timeInForce.ioc });
  assert.deepEqual(heard.splice(0), [
    ["new", alice, "NEW", 0, false, null, ""],
    ["expired", alice, "EXPIRED", 0, false, null, ""],
    ["end"],
  ]);
  v.place({ type: orderType.market, quoteUnits: 1_500 });
  assert.deepEqual(
    heard.splice(0).filter(([, account]) => account === alice),
    [
      ["new", alice, "NEW", 0, false, null, ""],
      ["trade", alice, "FILLED", 1, false, 1, ""],
    ],
  );
});

test("a listener that watches one account is told of its orders and money only", () => {
  const v = new ViewsVenue();
  const heard: unknown[][] = [];
  const stop = v.views.listen(scribe(heard, alice));
  v.views.live = true;
  v.place({ account: bob, side: side.sell, priceTicks: 100, quantityLots: 2 });
  v.place({ priceTicks: 100, quantityLots: 2 });
  v.addAccount("dave");
  const kinds = heard.map(([kind, account]) => [kind, account]);
  assert.deepEqual(
    kinds.filter(([kind]) => kind === "new" || kind === "trade" || kind === "balance"),
    [
      ["new", alice],
      ["trade", alice],
    ],
  );
  assert.equal(kinds.filter(([kind]) => kind === "market trade").length, 1);
  stop();
  heard.length = 0;
  v.place({ priceTicks: 100, quantityLots: 2 });
  assert.deepEqual(heard, []);
});

test("the levels told are all that a copy of the book needs", () => {
  const v = new ViewsVenue();
  const copy = new Map<string, number>();
  v.views.listen({
    onLevel: (of, at, priceTicks) => {
      const lots = v.venue.levelQuantity(of, at, priceTicks);
      if (lots === 0) copy.delete(`${at}:${priceTicks}`);
      else copy.set(`${at}:${priceTicks}`, lots);
    },
  });
  v.views.live = true;
  let random = 1;
  const next = (below: number): number => {
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    return (random >>> 8) % below;
  };
  const { gtc, gtd, ioc } = timeInForce;
  const { limit, limitMaker, stopLossLimit } = orderType;
  for (let i = 0; i < 2_000; i++) {
    const account = 2 + next(3);
    if (i % 40 === 0) v.timeMs += 1_000;
    if (next(6) === 0) v.run((w) => encodeCancelAll(w, {}, { account, market }));
    else if (next(60) === 0) {
      const state = next(2) === 0 ? marketState.auction : marketState.trading;
      v.run((w) => encodeSetMarketState(w, {}, { market, state }));
    } else {
      const type = [limit, limit, limit, limitMaker, stopLossLimit][next(5)]!;
      const tif = type === limitMaker ? gtc : [gtc, gtc, gtd, ioc][next(4)]!;
      const size = { priceTicks: 100 + next(9), quantityLots: 1 + next(9) };
      const terms = {
        icebergLots: tif === ioc || size.quantityLots < 4 ? 0 : next(4),
        expireAtMs: tif === gtd ? v.timeMs + 3_000 : 0,
        stopPriceTicks: type === stopLossLimit ? 100 + next(9) : 0,
      };
      const kind = { type, timeInForce: tif, selfTradeMode: next(5) as SelfTradeMode };
      const order = { account, side: next(2) as Side, ...kind, ...size, terms };
      v.run((w) => encodePlaceOrder(w, {}, orderOf(order)));
    }
    if (i % 50 !== 0) continue;
    const book = new Map<string, number>();
    for (const at of [side.buy, side.sell]) {
      for (const level of v.venue.levels(market, at, 100)) {
        book.set(`${at}:${level.priceTicks}`, level.quantityLots);
      }
    }
    assert.deepEqual([...copy].sort(), [...book].sort());
  }
});

test("the balance changes told of money that moves without an order add up to the balances", () => {
  const v = new ViewsVenue();
  const asset = 1;
  const told = new Map<number, { total: bigint; held: bigint }>();
  const balances = (account: number) => {
    const held = v.venue.held(account, asset);
    return { total: v.venue.available(account, asset) + held, held };
  };
  for (const account of [alice, bob]) told.set(account, balances(account));
  v.views.listen({
    onBalance: (change) => {
      const sum = told.get(change.account);
      if (sum === undefined || change.asset !== asset) return;
      sum.total += change.total;
      sum.held += change.held;
    },
  });
  v.views.live = true;
  const id = (n: number): TransferId => [n, 0, 0, 1];
  const of = { from: alice, to: bob, asset };
  const steps: TransferOrder[][] = [
    [{ kind: transferKind.transfer, id: id(1), ...of, amount: 50n }],
    [{ kind: transferKind.transfer, id: id(1), ...of, amount: 50n }],
    [{ kind: transferKind.hold, id: id(2), ...of, amount: 70n, timeoutSeconds: 0 }],
    [{ kind: transferKind.post, id: id(3), hold: id(2), amount: 30n }],
    [{ kind: transferKind.hold, id: id(4), ...of, amount: 11n, timeoutSeconds: 1 }],
    [
      { kind: transferKind.hold, id: id(5), ...of, amount: 13n, timeoutSeconds: 0, linked: true },
      { kind: transferKind.void, id: id(6), hold: id(5) },
    ],
  ];
  for (const transfers of steps) {
    v.run((w) => encodeTransfers(w, {}, transfers));
    for (const account of [alice, bob]) assert.deepEqual(told.get(account), balances(account));
  }
  assert.equal(told.get(alice)?.held, 11n);
  v.timeMs += 1_000;
  v.run((w) => encodeTick(w));
  assert.equal(told.get(alice)?.held, 0n);
  assert.deepEqual(told.get(alice), balances(alice));
});
