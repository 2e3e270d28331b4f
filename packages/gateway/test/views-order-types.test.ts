import assert from "node:assert/strict";
import { test } from "node:test";
import {
  accountFlag,
  type Contingency,
  contingency,
  encodeAmendOrder,
  encodeCancelOrderList,
  encodeCancelReplace,
  encodePlaceOrder,
  encodePlaceOrderList,
  encodeSetAccountFlags,
  encodeSetMarketRules,
  encodeSetMarketState,
  encodeTick,
  marketState,
  orderType,
  type PlaceOrder,
  selfTradeMode,
  side,
  timeInForce,
  type WordWriter,
} from "@halcyon/core";
import { MarketGrid } from "../src/dialect/market-grid.ts";
import { executionReport } from "../src/websocket/execution-report.ts";
import { listStatus } from "../src/websocket/list-status.ts";
import { alice, bob, carol, market, orderOf, startMs, ViewsVenue } from "./views-venue.ts";

type Report = Record<string, unknown>;

/** A venue with what its user streams say of everybody's orders. */
class Told {
  readonly v: ViewsVenue = new ViewsVenue();
  readonly levels: string[] = [];
  readonly #reports: Report[] = [];

  constructor() {
    const { venue, views } = this.v;
    const { assets, markets } = venue;
    const grid = new MarketGrid(markets.get(market)!, assets.get(1)!, assets.get(0)!);
    views.listen({
      onOrder: (change) => this.#reports.push(JSON.parse(executionReport(grid, change)) as Report),
      onOrderList: (change) => this.#reports.push(JSON.parse(listStatus(grid, change)) as Report),
      onLevel: (_market, at, price) => this.levels.push(`${at}:${price}`),
    });
    views.live = true;
  }

  /** What is told because of these commands, in one batch. */
  run(...encodes: ((w: WordWriter) => void)[]): Report[] {
    const from = this.#reports.length;
    const events = this.v.run(...encodes);
    const refused = events.find((event) => event.type === "refused" && event.stage === 0);
    assert.equal(refused, undefined);
    return this.#reports.slice(from);
  }

  /** A sale of ten lots at 100 ticks by alice, unless told otherwise. */
  place(order: Partial<PlaceOrder> = {}): Report[] {
    return this.run((w) => encodePlaceOrder(w, {}, sale(order)));
  }

  list(kind: Contingency, ...orders: Partial<PlaceOrder>[]): Report[] {
    const list = { account: alice, market, contingency: kind, listClientOrderId: "mine" };
    return this.run((w) => encodePlaceOrderList(w, {}, { ...list, orders: orders.map(sale) }));
  }

  /** A trade of one lot between the others, so that the market has this last price. */
  lastPrice(priceTicks: number): Report[] {
    const one = { priceTicks, quantityLots: 1 };
    return this.run(
      (w) => encodePlaceOrder(w, {}, sale({ account: bob, ...one })),
      (w) => encodePlaceOrder(w, {}, buy({ account: carol, ...one })),
    ).filter(({ i }) => this.v.views.orders.byId(i as number)?.account === alice);
  }

  orderId(clientOrderId: string): number {
    return this.v.views.orders.byClientId(alice, clientOrderId)!.orderId;
  }
}

function sale(order: Partial<PlaceOrder> = {}): PlaceOrder {
  return orderOf({ side: side.sell, priceTicks: 100, quantityLots: 10, ...order });
}
function buy(order: Partial<PlaceOrder> = {}): PlaceOrder {
  return sale({ side: side.buy, account: bob, ...order });
}

/** Some fields of each report. */
function pick(reports: readonly Report[], ...names: string[]): unknown[][] {
  return reports.map((report) => names.map((name) => report[name]));
}

const stopLoss = { type: orderType.stopLoss, priceTicks: 0 };

test("a stop waits off the book, works once it is triggered, and says since when", () => {
  const t = new Told();
  t.lastPrice(100);
  t.levels.length = 0;
  const stop = { type: orderType.stopLossLimit, priceTicks: 94 };
  const waiting = t.place({ ...stop, terms: { stopPriceTicks: 95, strategyId: 9 } });
  assert.deepEqual(pick(waiting, "x", "X", "w", "P", "j", "J", "W", "o"), [
    ["NEW", "NEW", false, "0.95000000", 9, undefined, undefined, "STOP_LOSS_LIMIT"],
  ]);
  assert.equal(t.levels.length, 0);
  const orderId = waiting[0]!["i"] as number;
  assert.equal(t.v.views.orders.byId(orderId)?.workingTimeMs, 0);
  t.v.timeMs += 500;
  assert.deepEqual(pick(t.lastPrice(95), "x", "X", "w", "W", "O"), [
    ["NEW", "NEW", true, startMs + 500, startMs],
  ]);
  assert.ok(t.levels.includes(`${side.sell}:94`));
  assert.equal(t.v.views.orders.byId(orderId)?.workingTimeMs, startMs + 500);
});

test("a trailing order says since when it tracks: from its acceptance without a stop price, else from there", () => {
  const t = new Told();
  t.lastPrice(1_000);
  const terms = { trailingDeltaBips: 250 };
  const [atOnce] = t.place({ ...stopLoss, terms });
  assert.deepEqual([atOnce!["d"], atOnce!["D"], atOnce!["w"]], [250, startMs, false]);
  const [later] = t.place({ ...stopLoss, terms: { ...terms, stopPriceTicks: 980 } });
  assert.deepEqual([later!["d"], later!["D"]], [250, undefined]);
  t.v.timeMs += 5;
  assert.deepEqual(pick(t.lastPrice(980), "i", "x", "D", "w", "W"), [
    [later!["i"], "NEW", startMs + 5, false, undefined],
  ]);
  t.v.timeMs += 5;
  const triggered = pick(t.lastPrice(970), "i", "x", "X", "w", "W", "eR");
  assert.deepEqual(triggered, [
    [atOnce!["i"], "NEW", "NEW", false, startMs + 10, undefined],
    [atOnce!["i"], "EXPIRED", "EXPIRED", false, startMs + 10, "INSUFFICIENT_LIQUIDITY"],
  ]);
});

test("of an OCO, the first fill of one ends the other; the list is told at its start and its end", () => {
  const t = new Told();
  t.lastPrice(100);
  const maker = { type: orderType.limitMaker, priceTicks: 110, clientOrderId: "up" };
  const stop = { ...stopLoss, clientOrderId: "down", terms: { stopPriceTicks: 90 } };
  const placed = t.list(contingency.oco, maker, stop);
  const [up, down] = [t.orderId("up"), t.orderId("down")];
  const { listId } = t.v.views.orderLists.byClientId(alice, "mine")!;
  assert.deepEqual(placed[0], {
    e: "listStatus",
    E: startMs,
    s: "BTCUSDT",
    g: listId,
    c: "OCO",
    l: "EXEC_STARTED",
    L: "EXECUTING",
    r: "NONE",
    C: "mine",
    T: startMs,
    O: [
      { s: "BTCUSDT", i: up, c: "up" },
      { s: "BTCUSDT", i: down, c: "down" },
    ],
  });
  assert.deepEqual(pick(placed.slice(1), "i", "g", "X", "w"), [
    [up, listId, "NEW", true],
    [down, listId, "NEW", false],
  ]);
  assert.equal(t.v.views.orderLists.openOf(alice).length, 1);
  const ended = t.run((w) => encodePlaceOrder(w, {}, buy({ priceTicks: 110 })));
  assert.deepEqual(pick(ended.slice(1), "e", "i", "x", "X", "eR", "L"), [
    ["executionReport", down, "EXPIRED", "EXPIRED", "OCO_TRIGGER", "0.00000000"],
    ["executionReport", ended[0]!["i"], "TRADE", "FILLED", undefined, "1.10000000"],
    ["executionReport", up, "TRADE", "FILLED", undefined, "1.10000000"],
    ["listStatus", undefined, undefined, undefined, undefined, "ALL_DONE"],
  ]);
  assert.deepEqual(t.v.views.orderLists.openOf(alice), []);
  const list = t.v.views.orderLists.byClientId(alice, "mine");
  assert.deepEqual([list?.status, list?.listId], ["ALL_DONE", listId]);
});

test("the second order of an OTO is pending until the first is filled, and is told when it is placed", () => {
  const t = new Told();
  const placed = t.list(contingency.oto, { priceTicks: 100 }, { side: side.buy, priceTicks: 95 });
  assert.deepEqual(pick(placed.slice(1), "x", "X", "w", "W"), [
    ["NEW", "NEW", true, startMs],
    ["NEW", "PENDING_NEW", false, undefined],
  ]);
  t.v.timeMs += 10;
  const filled = t.run((w) => encodePlaceOrder(w, {}, buy()));
  assert.deepEqual(pick(filled.slice(-1), "i", "x", "X", "w", "W"), [
    [placed[2]!["i"], "NEW", "NEW", true, startMs + 10],
  ]);
});

test("what is refused when its turn comes never works, and says why it expired", () => {
  const t = new Told();
  const tooMuch = { side: side.buy, priceTicks: 100_000, quantityLots: 1_000_000_000_000 };
  t.list(contingency.oto, {}, { ...tooMuch, clientOrderId: "big" });
  const ended = t.run((w) => encodePlaceOrder(w, {}, buy()));
  assert.deepEqual(pick(ended.slice(3), "e", "x", "X", "r", "eR", "W"), [
    ["executionReport", "EXPIRED", "EXPIRED", "INSUFFICIENT_BALANCES", "REJECTED", undefined],
    ["listStatus", undefined, undefined, "NONE", undefined, undefined],
  ]);
  assert.equal(t.v.views.orders.byClientId(alice, "big")?.workingTimeMs, 0);
});

test("a list ends together, by a cancel, a date or the venue, and the reports say whose doing it was", () => {
  const ends = (end: (t: Told) => Report[]): unknown[][] => {
    const t = new Told();
    const first = { timeInForce: timeInForce.gtd, terms: { expireAtMs: startMs + 1_000 } };
    t.list(contingency.oto, { ...first, clientOrderId: "first" }, { priceTicks: 120 });
    return pick(end(t), "e", "x", "X", "eR", "c", "C", "l");
  };
  const list = { account: alice, market, listId: 0, listClientOrderId: "mine" };
  const byClient = ends((t) =>
    t.run((w) => encodeCancelOrderList(w, {}, { ...list, cancelClientOrderId: "bye" })),
  );
  assert.deepEqual(byClient, [
    ["executionReport", "CANCELED", "CANCELED", undefined, "bye", "first", "0.00000000"],
    ["executionReport", "CANCELED", "CANCELED", undefined, "bye", "", "0.00000000"],
    ["listStatus", undefined, undefined, undefined, "OTO", "mine", "ALL_DONE"],
  ]);
  const byDate = ends((t) => {
    t.v.timeMs += 1_000;
    return t.run((w) => encodeTick(w));
  });
  assert.deepEqual(
    byDate.map(([, x, X, eR]) => [x, X, eR]),
    [
      ["EXPIRED", "EXPIRED", undefined],
      ["EXPIRED", "EXPIRED", "OTO_PHASE_ONE_EXPIRED"],
      [undefined, undefined, undefined],
    ],
  );
  const { frozen } = accountFlag;
  const byVenue = ends((t) =>
    t.run((w) => encodeSetAccountFlags(w, {}, { account: alice, flags: frozen })),
  );
  assert.deepEqual(
    byVenue.map(([, x, X, eR]) => [x, X, eR]),
    [
      ["EXPIRED", "EXPIRED", "EXCHANGE_CANCELED"],
      ["EXPIRED", "EXPIRED", "EXCHANGE_CANCELED"],
      [undefined, undefined, undefined],
    ],
  );
});

test("why an order expired depends on its kind", () => {
  const reason = (order: Partial<PlaceOrder>): unknown => new Told().place(order)[1]!["eR"];
  assert.equal(reason({ timeInForce: timeInForce.ioc }), "UNFILLED_IOC_QUANTITY_EXPIRED");
  assert.equal(reason({ timeInForce: timeInForce.fok }), "UNFILLED_FOK_ORDER_EXPIRED");
  assert.equal(reason({ type: orderType.market, priceTicks: 0 }), "INSUFFICIENT_LIQUIDITY");
});

test("an order that would trade out of the band expires by the dialect's price range rule", () => {
  const t = new Told();
  const { rules } = t.v.venue.markets.get(market)!;
  const band = { bandPpm: 50_000, bandWindowMs: 60_000, haltMs: 1_000 };
  t.run((w) => encodeSetMarketRules(w, {}, { market, rules: { ...rules, ...band } }));
  t.lastPrice(100);
  for (const priceTicks of [104, 106]) t.place({ account: bob, priceTicks });
  const taker = { priceTicks: 110, quantityLots: 15, timeInForce: timeInForce.ioc };
  const reports = t.place({ ...taker, side: side.buy });
  assert.deepEqual(pick(reports.slice(-1), "x", "X", "z", "eR"), [
    ["EXPIRED", "EXPIRED", "0.00010000", "EXECUTION_RULE_PRICE_RANGE_EXCEEDED"],
  ]);
});

test("an order that expires because it met its own account is told once, with what it met", () => {
  const t = new Told();
  const [maker] = t.place();
  const mode = selfTradeMode.expireTaker;
  const events = t.place({ side: side.buy, quantityLots: 4, selfTradeMode: mode });
  assert.equal(events.length, 2);
  const names = ["x", "X", "v", "A", "B", "u", "U", "Cs", "pl", "pL", "pY", "l", "L", "Y", "V"];
  assert.deepEqual(pick(events.slice(1), ...names), [
    [
      ...["TRADE_PREVENTION", "EXPIRED_IN_MATCH", 1, "0.00004000", "0.00004000", -1],
      ...[maker!["i"], "BTCUSDT", "0.00004000", "1.00000000", "0.00004000"],
      ...["0.00000000", "0.00000000", "0.00000000", "EXPIRE_TAKER"],
    ],
  ]);
  const kept = t.v.views.orders.byId(maker!["i"] as number);
  assert.deepEqual([kept?.status, kept?.preventedMatchId], ["NEW", 0]);
  const query = { limit: 10, orderId: maker!["i"] as number };
  const [match] = t.v.views.preventedMatches.ofAccount(alice, market, query);
  assert.deepEqual(
    [match?.preventedMatchId, match?.takerPreventedLots, match?.makerPreventedLots],
    [1, 4, 0],
  );
});

test("decrement takes from both: the smaller one ends, the other lives on with less", () => {
  const t = new Told();
  const [maker] = t.place({ quantityLots: 6 });
  const taker = { side: side.buy, selfTradeMode: selfTradeMode.decrement };
  const events = t.place({ ...taker, quantityLots: 2 });
  assert.deepEqual(pick(events.slice(1), "i", "x", "X", "q", "z", "A", "w"), [
    [maker!["i"], "TRADE_PREVENTION", "NEW", "0.00006000", "0.00000000", "0.00002000", true],
    [
      events[0]!["i"],
      ...["TRADE_PREVENTION", "EXPIRED_IN_MATCH", "0.00002000", "0.00000000", "0.00002000", false],
    ],
  ]);
  const again = t.place({ ...taker, quantityLots: 9 });
  assert.deepEqual(pick(again.slice(1), "i", "X", "A", "B"), [
    [again[0]!["i"], "NEW", "0.00004000", "0.00004000"],
    [maker!["i"], "EXPIRED_IN_MATCH", "0.00006000", "0.00004000"],
  ]);
  const left = t.v.venue.order(again[0]!["i"] as number);
  assert.equal(left?.remainingLots, 5);
});

test("a market order by quote units that meets its own account ends without lots to lose", () => {
  const t = new Told();
  const [maker] = t.place();
  const byQuote = { type: orderType.market, priceTicks: 0, quantityLots: 0, quoteUnits: 5_000 };
  const mode = selfTradeMode.expireBoth;
  const events = t.place({ ...byQuote, side: side.buy, selfTradeMode: mode });
  assert.deepEqual(pick(events.slice(1), "i", "x", "X", "B", "pl"), [
    [maker!["i"], "TRADE_PREVENTION", "EXPIRED_IN_MATCH", "0.00010000", "0.00010000"],
    [events[0]!["i"], "TRADE_PREVENTION", "EXPIRED_IN_MATCH", "0.00000000", "0.00010000"],
  ]);
});

test("the other order of a pair that self-trade prevention took along did not expire in a match", () => {
  const t = new Told();
  t.lastPrice(100);
  const stop = { ...stopLoss, terms: { stopPriceTicks: 90 } };
  t.list(contingency.oco, { type: orderType.limitMaker, priceTicks: 110 }, stop);
  const taker = { side: side.buy, priceTicks: 110, selfTradeMode: selfTradeMode.expireMaker };
  const events = t.place(taker);
  assert.deepEqual(pick(events.slice(1), "e", "x", "X", "eR"), [
    ["executionReport", "TRADE_PREVENTION", "EXPIRED_IN_MATCH", undefined],
    ["executionReport", "EXPIRED", "EXPIRED", "OCO_TRIGGER"],
    ["listStatus", undefined, undefined, undefined],
  ]);
});

test("a market order by quote units is filled with its last fill, whatever that did to others before its close", () => {
  const t = new Told();
  t.lastPrice(100);
  const pair = { quantityLots: 2, terms: { stopPriceTicks: 90 } };
  const maker = { type: orderType.limitMaker, priceTicks: 100, quantityLots: 2 };
  t.list(contingency.oco, maker, { ...stopLoss, ...pair });
  t.place({ account: carol, priceTicks: 99, quantityLots: 3 });
  t.place({ account: carol, priceTicks: 101 });
  const byQuote = { type: orderType.market, priceTicks: 0, quantityLots: 0, quoteUnits: 4_975 };
  const events = t.run((w) => encodePlaceOrder(w, {}, buy(byQuote)));
  const taker = events[0]!["i"];
  assert.deepEqual(
    events.map(({ e, i, x, X }) => (i === taker ? [x, X] : (X ?? e))),
    [
      ["NEW", "NEW"],
      ["TRADE", "PARTIALLY_FILLED"],
      "FILLED",
      "EXPIRED",
      ["TRADE", "FILLED"],
      "FILLED",
      "listStatus",
    ],
  );
});

test("an amended order keeps its id, is found by its new client id, and its list is told of that", () => {
  const t = new Told();
  const [earlier] = t.place({ clientOrderId: "same" });
  t.v.cancel(alice, earlier!["i"] as number);
  t.list(contingency.oto, { clientOrderId: "same" }, { priceTicks: 120, clientOrderId: "second" });
  const [first, second] = [t.orderId("same"), t.orderId("second")];
  const amend = { account: alice, market, orderId: first, clientOrderId: "" };
  const amended = t.run((w) =>
    encodeAmendOrder(w, {}, { ...amend, newQuantityLots: 8, newClientOrderId: "new" }),
  );
  assert.deepEqual(pick(amended, "e", "x", "X", "q", "c", "C", "l"), [
    ["executionReport", "REPLACED", "NEW", "0.00008000", "new", "", "0.00000000"],
    ["listStatus", undefined, undefined, undefined, "OTO", "mine", "UPDATED"],
  ]);
  assert.deepEqual(amended[1]!["O"], [
    { s: "BTCUSDT", i: first, c: "new" },
    { s: "BTCUSDT", i: second, c: "second" },
  ]);
  assert.equal(t.orderId("new"), first);
  assert.equal(t.orderId("same"), earlier!["i"]);
});

test("a fill of an auction changes both orders' own levels and is a trade like any other", () => {
  const t = new Told();
  t.lastPrice(100);
  t.run((w) => encodeSetMarketState(w, {}, { market, state: marketState.auction }));
  t.place({ priceTicks: 98 });
  t.run((w) => encodePlaceOrder(w, {}, buy({ priceTicks: 103, quantityLots: 4 })));
  t.levels.length = 0;
  const opens = t.run((w) => encodeSetMarketState(w, {}, { market, state: marketState.trading }));
  assert.deepEqual(t.levels, [`${side.sell}:98`, `${side.buy}:103`]);
  assert.deepEqual(pick(opens, "X", "L", "p", "m"), [
    ["FILLED", "1.00000000", "1.03000000", false],
    ["PARTIALLY_FILLED", "1.00000000", "0.98000000", true],
  ]);
  assert.equal(t.v.views.trades.last(market)?.tradeId, 2);
});

test("an iceberg says its whole quantity and what it shows of it", () => {
  const [report] = new Told().place({ terms: { icebergLots: 3 } });
  assert.deepEqual([report!["q"], report!["F"]], ["0.00010000", "0.00003000"]);
});

test("a cancel-replace in a list cancels all of it, under the name of the cancel", () => {
  const t = new Told();
  t.list(contingency.oto, { clientOrderId: "first" }, { priceTicks: 120 });
  const cancel = { account: alice, market, orderId: t.orderId("first"), clientOrderId: "" };
  const replace = {
    allowFailure: false,
    cancel: { ...cancel, cancelClientOrderId: "bye" },
    order: sale({ priceTicks: 130 }),
  };
  const reports = t.run((w) => encodeCancelReplace(w, {}, replace));
  assert.deepEqual(pick(reports, "e", "x", "X", "c"), [
    ["executionReport", "CANCELED", "CANCELED", "bye"],
    ["executionReport", "CANCELED", "CANCELED", "bye"],
    ["listStatus", undefined, undefined, "OTO"],
    ["executionReport", "NEW", "NEW", ""],
  ]);
});
