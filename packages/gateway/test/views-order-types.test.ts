import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type AcceptedTerms,
  activation,
  closeReason,
  contingency,
  type FillEvent,
  type OrderAcceptedEvent,
  type OrderClosedEvent,
  orderType,
  refusal,
  refusedStage,
  selfTradeMode,
  side,
  type TradePreventedEvent,
  timeInForce,
  type VenueEvent,
} from "@halcyon/core";
import { MarketGrid } from "../src/dialect/market-grid.ts";
import { Views } from "../src/views/views.ts";
import { executionReport } from "../src/websocket/execution-report.ts";
import { listStatus } from "../src/websocket/list-status.ts";
import { alice, bob, market, startMs, ViewsVenue } from "./views-venue.ts";

type Report = Record<string, unknown>;

/** Views that are told events, and what the dialect makes of what they tell. */
class Told {
  readonly views: Views = new Views();
  readonly reports: Report[] = [];
  readonly levels: string[] = [];
  timeMs: number = startMs;
  readonly #v = new ViewsVenue();
  #position = 100;

  constructor() {
    const { venue } = this.#v;
    const { assets, markets } = venue;
    const grid = new MarketGrid(markets.get(market)!, assets.get(1)!, assets.get(0)!);
    this.views.listen({
      onOrder: (change) => this.reports.push(JSON.parse(executionReport(grid, change)) as Report),
      onOrderList: (change) => this.reports.push(JSON.parse(listStatus(grid, change)) as Report),
      onLevel: (_market, at, price) => this.levels.push(`${at}:${price}`),
    });
    this.views.live = true;
  }

  events(...events: VenueEvent[]): Report[] {
    const from = this.reports.length;
    const position = this.#position++;
    const { venue } = this.#v;
    this.views.onCommand({ position, index: 0, logTimeMs: this.timeMs, venue }, events);
    return this.reports.slice(from);
  }
}

const noTerms: AcceptedTerms = {
  stopPriceTicks: 0,
  trailingDeltaBips: 0,
  icebergLots: 0,
  expireAtMs: 0,
  strategyId: 0,
  strategyType: 0,
  listId: 0,
  isPending: false,
};

function accepted(
  orderId: number,
  fields: Partial<OrderAcceptedEvent> = {},
  terms?: Partial<AcceptedTerms>,
): OrderAcceptedEvent {
  return {
    type: "orderAccepted",
    orderId,
    account: alice,
    market,
    side: side.sell,
    orderType: orderType.limit,
    timeInForce: timeInForce.gtc,
    priceTicks: 100,
    quantityLots: 10,
    quoteUnits: 0,
    clientOrderId: `c${orderId}`,
    selfTradeMode: selfTradeMode.none,
    terms: terms === undefined ? null : { ...noTerms, ...terms },
    ...fields,
  };
}

let tradeId = 0;
function fill(
  takerOrderId: number,
  makerOrderId: number,
  quantityLots: number,
  left: { readonly taker: number; readonly maker: number },
  fields: Partial<FillEvent> = {},
): FillEvent {
  const priceTicks = 100;
  return {
    type: "fill",
    market,
    tradeId: ++tradeId,
    priceTicks,
    quantityLots,
    quoteUnits: BigInt(quantityLots * priceTicks * 10),
    takerSide: side.buy,
    takerOrderId,
    makerOrderId,
    takerAccount: bob,
    makerAccount: alice,
    takerFee: 0n,
    makerFee: 0n,
    takerRemainingLots: left.taker,
    makerRemainingLots: left.maker,
    auction: null,
    ...fields,
  };
}

function closed(
  orderId: number,
  reason: OrderClosedEvent["reason"],
  fields: Partial<OrderClosedEvent> = {},
): OrderClosedEvent {
  return {
    type: "orderClosed",
    orderId,
    account: alice,
    market,
    side: side.sell,
    orderType: orderType.limit,
    priceTicks: 100,
    reason,
    remainingLots: 10,
    wasResting: false,
    cancelClientOrderId: "",
    ...fields,
  };
}

function activated(orderId: number, step: 1 | 2 | 3): VenueEvent {
  const { limit } = orderType;
  const of = { orderId, account: alice, market, side: side.sell, orderType: limit };
  return { type: "orderActivated", ...of, priceTicks: 100, activation: step };
}

function prevented(fields: Partial<TradePreventedEvent>): TradePreventedEvent {
  return {
    type: "tradePrevented",
    market,
    preventedMatchId: 7,
    account: alice,
    takerOrderId: 2,
    makerOrderId: 1,
    takerSide: side.buy,
    mode: selfTradeMode.expireTaker,
    priceTicks: 100,
    takerPreventedLots: 0,
    makerPreventedLots: 0,
    ...fields,
  };
}

function opened(listId: number, of: 0 | 1 | 2, ...orderIds: number[]): VenueEvent {
  const list = { listId, account: alice, market, contingency: of, orderIds };
  return { type: "listOpened", ...list, listClientOrderId: `list-${listId}` };
}
function listClosed(listId: number): VenueEvent {
  return { type: "listClosed", listId, account: alice, market, cancelClientOrderId: "" };
}

/** Some fields of each report. */
function pick(reports: readonly Report[], ...names: string[]): unknown[][] {
  return reports.map((report) => names.map((name) => report[name]));
}

test("a stop waits off the book, works once it is triggered, and says since when", () => {
  const t = new Told();
  const stop = { orderType: orderType.stopLossLimit };
  const waiting = t.events(accepted(1, stop, { stopPriceTicks: 105, strategyId: 9 }));
  assert.deepEqual(pick(waiting, "x", "X", "w", "P", "j", "J", "W", "o"), [
    ["NEW", "NEW", false, "1.05000000", 9, undefined, undefined, "STOP_LOSS_LIMIT"],
  ]);
  assert.deepEqual(t.levels, []);
  assert.equal(t.views.orders.byId(1)?.workingTimeMs, 0);
  t.timeMs += 500;
  const triggered = t.events(activated(1, activation.triggered));
  assert.deepEqual(pick(triggered, "x", "X", "w", "W", "O"), [
    ["NEW", "NEW", true, startMs + 500, startMs],
  ]);
  assert.deepEqual(t.levels, [`${side.sell}:100`]);
  assert.equal(t.views.orders.byId(1)?.workingTimeMs, startMs + 500);
});

test("a trailing order says since when it tracks: from its acceptance without a stop price, else from there", () => {
  const t = new Told();
  const trailing = { orderType: orderType.stopLoss, priceTicks: 0 };
  const from = { trailingDeltaBips: 250 };
  const [atOnce] = t.events(accepted(1, trailing, from));
  assert.deepEqual([atOnce!["d"], atOnce!["D"]], [250, startMs]);
  const [later] = t.events(accepted(2, trailing, { ...from, stopPriceTicks: 90 }));
  assert.deepEqual([later!["d"], later!["D"]], [250, undefined]);
  t.timeMs += 5;
  const [tracking] = t.events(activated(2, activation.tracking));
  assert.deepEqual([tracking!["D"], tracking!["w"]], [startMs + 5, false]);
  const [triggered] = t.events(activated(2, activation.triggered));
  assert.deepEqual([triggered!["w"], triggered!["W"]], [false, startMs + 5]);
});

test("of an OCO, the first fill of one ends the other; the list is told at its start and its end", () => {
  const t = new Told();
  const stop = { orderType: orderType.stopLoss, priceTicks: 0 };
  const placed = t.events(
    opened(5, contingency.oco, 1, 2),
    accepted(1, { orderType: orderType.limitMaker }, { listId: 5 }),
    accepted(2, stop, { listId: 5, stopPriceTicks: 90 }),
  );
  assert.deepEqual(placed[0], {
    e: "listStatus",
    E: startMs,
    s: "BTCUSDT",
    g: 5,
    c: "OCO",
    l: "EXEC_STARTED",
    L: "EXECUTING",
    r: "NONE",
    C: "list-5",
    T: startMs,
    O: [
      { s: "BTCUSDT", i: 1, c: "c1" },
      { s: "BTCUSDT", i: 2, c: "c2" },
    ],
  });
  assert.deepEqual(pick(placed.slice(1), "i", "g", "X", "w"), [
    [1, 5, "NEW", true],
    [2, 5, "NEW", false],
  ]);
  assert.equal(t.views.orderLists.openOf(alice).length, 1);
  const buy = { account: bob, side: side.buy };
  const ended = t.events(
    accepted(3, buy),
    closed(2, closeReason.listEnded),
    fill(3, 1, 10, { taker: 0, maker: 0 }),
    listClosed(5),
  );
  assert.deepEqual(pick(ended.slice(1), "e", "i", "x", "X", "eR", "L"), [
    ["executionReport", 2, "EXPIRED", "EXPIRED", "OCO_TRIGGER", "0.00000000"],
    ["executionReport", 3, "TRADE", "FILLED", undefined, "1.00000000"],
    ["executionReport", 1, "TRADE", "FILLED", undefined, "1.00000000"],
    ["listStatus", undefined, undefined, undefined, undefined, "ALL_DONE"],
  ]);
  assert.deepEqual(t.views.orderLists.openOf(alice), []);
  const list = t.views.orderLists.byClientId(alice, "list-5");
  assert.deepEqual([list?.status, list?.listId], ["ALL_DONE", 5]);
});

test("the second order of an OTO is pending until the first is filled, and is told when it is placed", () => {
  const t = new Told();
  const oto = [
    opened(6, contingency.oto, 1, 2),
    accepted(1, {}, { listId: 6 }),
    accepted(2, { side: side.buy, priceTicks: 95 }, { listId: 6, isPending: true }),
  ];
  assert.deepEqual(pick(t.events(...oto).slice(1), "i", "x", "X", "w", "W"), [
    [1, "NEW", "NEW", true, startMs],
    [2, "NEW", "PENDING_NEW", false, undefined],
  ]);
  t.timeMs += 10;
  const buy = { account: bob, side: side.buy };
  const placed = t.events(
    accepted(3, buy),
    fill(3, 1, 10, { taker: 0, maker: 0 }),
    activated(2, activation.placed),
  );
  assert.deepEqual(pick(placed.slice(-1), "i", "x", "X", "w", "W"), [
    [2, "NEW", "NEW", true, startMs + 10],
  ]);
});

test("what is refused when its turn comes never works, and says why it expired", () => {
  const t = new Told();
  t.events(
    opened(6, contingency.oto, 1, 2),
    accepted(1, {}, { listId: 6 }),
    accepted(2, { side: side.buy }, { listId: 6, isPending: true }),
  );
  const refused: VenueEvent = {
    type: "refused",
    code: refusal.insufficientBalance,
    stage: refusedStage.activation,
    commandType: 20,
  };
  const ended = t.events(
    accepted(3, { account: bob, side: side.buy }),
    fill(3, 1, 10, { taker: 0, maker: 0 }),
    activated(2, activation.placed),
    refused,
    closed(2, closeReason.rejected),
    listClosed(6),
  );
  assert.deepEqual(pick(ended.slice(3), "e", "i", "x", "X", "r", "eR"), [
    ["executionReport", 2, "EXPIRED", "EXPIRED", "INSUFFICIENT_BALANCES", "REJECTED"],
    ["listStatus", undefined, undefined, undefined, "NONE", undefined],
  ]);
  assert.equal(t.views.orders.byId(2)?.workingTimeMs, 0);
});

test("a pending order goes the way of the first one, and the report says whose fault it was", () => {
  const reasons = (reason: OrderClosedEvent["reason"]): unknown[][] => {
    const t = new Told();
    t.events(
      opened(6, contingency.oto, 1, 2),
      accepted(1, { timeInForce: timeInForce.gtd }, { listId: 6, expireAtMs: startMs }),
      accepted(2, {}, { listId: 6, isPending: true }),
    );
    return pick(t.events(closed(1, reason), closed(2, reason)), "x", "X", "eR");
  };
  assert.deepEqual(reasons(closeReason.cancelled), [
    ["CANCELED", "CANCELED", undefined],
    ["CANCELED", "CANCELED", undefined],
  ]);
  assert.deepEqual(reasons(closeReason.outOfTime), [
    ["EXPIRED", "EXPIRED", undefined],
    ["EXPIRED", "EXPIRED", "OTO_PHASE_ONE_EXPIRED"],
  ]);
  assert.deepEqual(reasons(closeReason.accountFrozen), [
    ["EXPIRED", "EXPIRED", "EXCHANGE_CANCELED"],
    ["EXPIRED", "EXPIRED", "EXCHANGE_CANCELED"],
  ]);
});

test("why an order expired depends on its kind", () => {
  const reason = (of: Partial<OrderAcceptedEvent>, why: OrderClosedEvent["reason"]): unknown => {
    const t = new Told();
    t.events(accepted(1, of));
    return t.events(closed(1, why))[0]!["eR"];
  };
  const { expired, outOfBand } = closeReason;
  const { ioc, fok } = timeInForce;
  assert.equal(reason({ timeInForce: ioc }, expired), "UNFILLED_IOC_QUANTITY_EXPIRED");
  assert.equal(reason({ timeInForce: fok }, expired), "UNFILLED_FOK_ORDER_EXPIRED");
  const toMarket = { orderType: orderType.market, priceTicks: 0 };
  assert.equal(reason(toMarket, expired), "INSUFFICIENT_LIQUIDITY");
  assert.equal(reason({ timeInForce: ioc }, outOfBand), "EXECUTION_RULE_PRICE_RANGE_EXCEEDED");
});

test("an order that expires because it met its own account is told once, with what it met", () => {
  const t = new Told();
  t.events(accepted(1));
  const mode = selfTradeMode.expireTaker;
  const taker = { side: side.buy, quantityLots: 4, selfTradeMode: mode };
  const events = t.events(
    accepted(2, taker),
    prevented({ mode, takerPreventedLots: 4 }),
    closed(2, closeReason.selfTrade, { side: side.buy, remainingLots: 4 }),
  );
  assert.equal(events.length, 2);
  const names = ["i", "x", "X", "v", "A", "B", "u", "U", "Cs", "pl", "pL", "pY", "l", "L", "V"];
  assert.deepEqual(pick(events.slice(1), ...names), [
    [
      ...[2, "TRADE_PREVENTION", "EXPIRED_IN_MATCH", 7, "0.00004000", "0.00004000", -1, 1],
      ...["BTCUSDT", "0.00004000", "1.00000000", "0.00004000"],
      ...["0.00000000", "0.00000000", "EXPIRE_TAKER"],
    ],
  ]);
  assert.equal(t.views.orders.byId(1)?.status, "NEW");
  assert.equal(t.views.orders.byId(1)?.preventedMatchId, 0);
  const [match] = t.views.preventedMatches.ofAccount(alice, market, { limit: 10, orderId: 1 });
  assert.deepEqual(
    [match?.preventedMatchId, match?.takerPreventedLots, match?.makerPreventedLots],
    [7, 4, 0],
  );
});

test("decrement takes from both: the smaller one ends, the other lives on with less", () => {
  const t = new Told();
  t.events(accepted(1, { quantityLots: 6 }));
  const mode = selfTradeMode.decrement;
  const taker = { side: side.buy, quantityLots: 2, selfTradeMode: mode };
  const events = t.events(
    accepted(2, taker),
    prevented({ mode, takerPreventedLots: 2, makerPreventedLots: 2 }),
    closed(2, closeReason.selfTrade, { remainingLots: 0 }),
  );
  assert.deepEqual(pick(events.slice(1), "i", "x", "X", "q", "z", "A", "w"), [
    [1, "TRADE_PREVENTION", "NEW", "0.00006000", "0.00000000", "0.00002000", true],
    [2, "TRADE_PREVENTION", "EXPIRED_IN_MATCH", "0.00002000", "0.00000000", "0.00002000", false],
  ]);
  const again = t.events(
    accepted(3, { ...taker, quantityLots: 9 }),
    prevented({ mode, takerOrderId: 3, takerPreventedLots: 4, makerPreventedLots: 4 }),
    closed(1, closeReason.selfTrade, { remainingLots: 0, wasResting: true }),
  );
  assert.deepEqual(pick(again.slice(1), "i", "X", "A", "B"), [
    [3, "NEW", "0.00004000", "0.00004000"],
    [1, "EXPIRED_IN_MATCH", "0.00006000", "0.00004000"],
  ]);
});

test("a market order by quote units that meets its own account ends without lots to lose", () => {
  const t = new Told();
  t.events(accepted(1));
  const mode = selfTradeMode.expireBoth;
  const byQuote = { side: side.buy, orderType: orderType.market, priceTicks: 0, quantityLots: 0 };
  const events = t.events(
    accepted(2, { ...byQuote, quoteUnits: 5_000, selfTradeMode: mode }),
    prevented({ mode, makerPreventedLots: 10 }),
    closed(1, closeReason.selfTrade, { wasResting: true }),
    closed(2, closeReason.selfTrade, { remainingLots: 0 }),
  );
  assert.deepEqual(pick(events.slice(1), "i", "x", "X", "B", "pl"), [
    [1, "TRADE_PREVENTION", "EXPIRED_IN_MATCH", "0.00010000", "0.00010000"],
    [2, "TRADE_PREVENTION", "EXPIRED_IN_MATCH", "0.00000000", "0.00010000"],
  ]);
});

test("the other order of a pair that self-trade prevention took along did not expire in a match", () => {
  const t = new Told();
  t.events(
    opened(5, contingency.oco, 1, 4),
    accepted(1, { orderType: orderType.limitMaker }, { listId: 5 }),
    accepted(4, { orderType: orderType.stopLoss }, { listId: 5, stopPriceTicks: 90 }),
  );
  const mode = selfTradeMode.expireMaker;
  const events = t.events(
    accepted(2, { side: side.buy, selfTradeMode: mode }),
    prevented({ mode, makerPreventedLots: 10 }),
    closed(1, closeReason.selfTrade, { wasResting: true }),
    closed(4, closeReason.selfTrade),
  );
  assert.deepEqual(pick(events.slice(1), "i", "x", "X", "eR"), [
    [1, "TRADE_PREVENTION", "EXPIRED_IN_MATCH", undefined],
    [4, "EXPIRED", "EXPIRED", "OCO_TRIGGER"],
  ]);
});

test("a market order by quote units is filled with its last fill, whatever that did to others before its close", () => {
  const t = new Told();
  const byQuote = { account: bob, side: side.buy, orderType: orderType.market, priceTicks: 0 };
  t.events(accepted(1));
  const events = t.events(
    accepted(2, { ...byQuote, quantityLots: 0, quoteUnits: 5_005 }),
    fill(2, 1, 3, { taker: 0, maker: 7 }),
    fill(2, 1, 2, { taker: 0, maker: 5 }),
    listClosed2(t),
    closed(2, closeReason.filled, { account: bob }),
  );
  assert.deepEqual(
    pick(
      events.filter(({ i }) => i === 2),
      "x",
      "X",
      "z",
      "Q",
    ),
    [
      ["NEW", "NEW", "0.00000000", "0.00005005"],
      ["TRADE", "PARTIALLY_FILLED", "0.00003000", "0.00005005"],
      ["TRADE", "FILLED", "0.00005000", "0.00005005"],
    ],
  );
});

/** The end of a list that was open before. */
function listClosed2(t: Told): VenueEvent {
  t.events(opened(8, contingency.oco, 11, 12), accepted(11, {}, { listId: 8 }), accepted(12));
  return listClosed(8);
}

test("an amended order keeps its id, is found by its new client id, and its list is told of that", () => {
  const t = new Told();
  t.events(accepted(9), closed(9, closeReason.cancelled));
  t.events(
    opened(6, contingency.oto, 1, 2),
    accepted(1, { clientOrderId: "c9" }, { listId: 6 }),
    accepted(2, {}, { listId: 6, isPending: true }),
  );
  const amended = t.events({
    type: "orderAmended",
    orderId: 1,
    account: alice,
    market,
    side: side.sell,
    priceTicks: 100,
    oldQuantityLots: 10,
    newQuantityLots: 8,
    remainingLots: 8,
    clientOrderId: "c9",
    newClientOrderId: "new",
  });
  assert.deepEqual(pick(amended, "e", "x", "X", "q", "c", "C", "l"), [
    ["executionReport", "REPLACED", "NEW", "0.00008000", "new", "", "0.00000000"],
    ["listStatus", undefined, undefined, undefined, "OTO", "list-6", "UPDATED"],
  ]);
  assert.deepEqual(amended[1]!["O"], [
    { s: "BTCUSDT", i: 1, c: "new" },
    { s: "BTCUSDT", i: 2, c: "c2" },
  ]);
  assert.equal(t.views.orders.byClientId(alice, "new")?.orderId, 1);
  assert.equal(t.views.orders.byClientId(alice, "c9")?.orderId, 9);
});

test("a fill of an auction changes both orders' own levels and is a trade like any other", () => {
  const t = new Told();
  t.events(accepted(1, { priceTicks: 98 }));
  t.events(accepted(2, { account: bob, side: side.buy, priceTicks: 103, quantityLots: 4 }));
  t.levels.length = 0;
  const auction = { takerPriceTicks: 103, makerPriceTicks: 98 };
  const events = t.events(fill(2, 1, 4, { taker: 0, maker: 6 }, { auction }));
  assert.deepEqual(t.levels, [`${side.sell}:98`, `${side.buy}:103`]);
  assert.deepEqual(pick(events, "i", "X", "L", "p", "m"), [
    [2, "FILLED", "1.00000000", "1.03000000", false],
    [1, "PARTIALLY_FILLED", "1.00000000", "0.98000000", true],
  ]);
  assert.equal(t.views.trades.last(market)?.priceTicks, 100);
});

test("an iceberg says its whole quantity and what it shows of it", () => {
  const t = new Told();
  const [report] = t.events(accepted(1, {}, { icebergLots: 3 }));
  assert.deepEqual([report!["q"], report!["F"]], ["0.00010000", "0.00003000"]);
});

test("saved and restored, lists, prevented matches and waiting orders are what they were", () => {
  const t = new Told();
  t.events(
    opened(5, contingency.otoco, 1, 2, 3),
    accepted(1, {}, { listId: 5 }),
    accepted(2, { orderType: orderType.limitMaker }, { listId: 5, isPending: true }),
    accepted(3, { orderType: orderType.stopLoss }, { listId: 5, isPending: true }),
  );
  t.events(opened(6, contingency.oco, 11, 12), accepted(11, {}, { listId: 6 }), accepted(12));
  t.events(closed(11, closeReason.cancelled), closed(12, closeReason.cancelled), listClosed(6));
  t.events(
    accepted(4, { side: side.buy, quantityLots: 2, selfTradeMode: selfTradeMode.decrement }),
    prevented({ takerOrderId: 4, takerPreventedLots: 2, makerPreventedLots: 2 }),
    closed(4, closeReason.selfTrade),
  );
  const restored = new Views();
  restored.restore(t.views.save());
  assert.deepEqual(restored.save(), t.views.save());
  const query = { limit: 100 };
  for (const views of [restored, t.views]) {
    assert.equal(views.orders.ofAccount(alice, market, query).length, 6);
    assert.equal(views.orderLists.byClientId(alice, "list-6")?.status, "ALL_DONE");
  }
  assert.deepEqual(
    restored.orders.ofAccount(alice, market, query),
    t.views.orders.ofAccount(alice, market, query),
  );
  assert.deepEqual(
    restored.orderLists.ofAccount(alice, query),
    t.views.orderLists.ofAccount(alice, query),
  );
  assert.deepEqual(
    restored.preventedMatches.ofAccount(alice, market, query),
    t.views.preventedMatches.ofAccount(alice, market, query),
  );
});
