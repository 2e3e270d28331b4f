import assert from "node:assert/strict";
import test from "node:test";
import { checkDraft, type Surroundings } from "../src/trade/order/check.ts";
import { type Draft, EMPTY_DRAFT } from "../src/trade/order/draft.ts";
import { orderParams } from "../src/trade/order/params.ts";
import { previewOf } from "../src/trade/order/preview.ts";
import { amountOfShare } from "../src/trade/order/share.ts";
import { marketOf } from "../src/venue/market.ts";

const market = marketOf({
  symbol: "BTCUSDT",
  status: "TRADING",
  baseAsset: "BTC",
  quoteAsset: "USDT",
  baseAssetPrecision: 8,
  quoteAssetPrecision: 8,
  orderTypes: ["LIMIT", "MARKET"],
  icebergAllowed: true,
  allowTrailingStop: true,
  allowedSelfTradePreventionModes: ["NONE"],
  filters: [
    { filterType: "PRICE_FILTER", minPrice: "0.01", maxPrice: "1000000", tickSize: "0.01" },
    { filterType: "LOT_SIZE", minQty: "0.00001", maxQty: "9000", stepSize: "0.00001" },
    { filterType: "MARKET_LOT_SIZE", minQty: "0.00001", maxQty: "100", stepSize: "0.00001" },
    { filterType: "NOTIONAL", minNotional: "5", maxNotional: "1000000000" },
    { filterType: "ICEBERG_PARTS", limit: 10 },
    {
      filterType: "TRAILING_DELTA",
      minTrailingAboveDelta: 10,
      maxTrailingAboveDelta: 2000,
      minTrailingBelowDelta: 10,
      maxTrailingBelowDelta: 2000,
    },
  ],
});

/** Asks 0.5 at 100.01 and 1 at 100.02, bids 0.5 at 99.99; 1,000 USDT and 2 BTC to spend. */
const around: Surroundings = {
  market,
  book: {
    asks: [
      { price: 10_001n, quantity: 50_000n },
      { price: 10_002n, quantity: 100_000n },
    ],
    bids: [{ price: 9_999n, quantity: 50_000n }],
    repairs: 0,
  },
  last: 10_000n,
  base: { asset: "BTC", free: "2.00000000", locked: "0" },
  quote: { asset: "USDT", free: "1000.00000000", locked: "0" },
  nowMs: 1_000_000,
};

const draft = (change: Partial<Draft>): Draft => ({ ...EMPTY_DRAFT, ...change });
const check = (change: Partial<Draft>) => checkDraft(draft(change), around);
const params = (change: Partial<Draft>) => {
  const checked = check(change);
  assert.deepEqual(checked.problems, {});
  assert.ok(checked.isReady);
  return orderParams(draft(change), checked.values, market);
};

test("a limit order is sent as exact decimals", () => {
  assert.deepEqual(params({ price: "99.5", quantity: "0.1" }), {
    symbol: "BTCUSDT",
    side: "BUY",
    type: "LIMIT",
    timeInForce: "GTC",
    price: "99.50",
    quantity: "0.10000",
  });
});

test("each kind of order has its own parameters", () => {
  const base = { symbol: "BTCUSDT", side: "SELL" as const };
  const sell = (change: Partial<Draft>) => params({ side: "SELL", quantity: "1", ...change });
  assert.deepEqual(sell({ kind: "MARKET" }), { ...base, type: "MARKET", quantity: "1.00000" });
  assert.deepEqual(params({ kind: "MARKET", amountOf: "quote", total: "50" }), {
    symbol: "BTCUSDT",
    side: "BUY",
    type: "MARKET",
    quoteOrderQty: "50.00000000",
  });
  assert.equal(sell({ price: "101", isPostOnly: true })["type"], "LIMIT_MAKER");
  assert.equal(sell({ price: "101", isPostOnly: true })["timeInForce"], undefined);
  assert.deepEqual(sell({ kind: "STOP_LOSS_LIMIT", price: "89", stopPrice: "90" }), {
    ...base,
    type: "STOP_LOSS_LIMIT",
    timeInForce: "GTC",
    quantity: "1.00000",
    price: "89.00",
    stopPrice: "90.00",
  });
  assert.deepEqual(sell({ kind: "TRAILING", trailingPercent: "1.5" }), {
    ...base,
    type: "STOP_LOSS",
    quantity: "1.00000",
    trailingDelta: "150",
  });
  assert.deepEqual(sell({ kind: "OCO", price: "110", stopPrice: "90", stopLimitPrice: "89" }), {
    ...base,
    quantity: "1.00000",
    aboveType: "LIMIT_MAKER",
    abovePrice: "110.00",
    belowType: "STOP_LOSS_LIMIT",
    belowStopPrice: "90.00",
    belowPrice: "89.00",
    belowTimeInForce: "GTC",
  });
});

test("values that are left from another kind are not sent", () => {
  const left = { price: "1", stopPrice: "2", iceberg: "0.1", timeInForce: "GTD" } as const;
  const sent = params({ ...left, kind: "MARKET", side: "SELL", quantity: "1" });
  assert.deepEqual(Object.keys(sent).sort(), ["quantity", "side", "symbol", "type"]);
});

test("what the venue would refuse is said before", () => {
  const problems: readonly [Partial<Draft>, string, RegExp][] = [
    [{ price: "1.001", quantity: "1" }, "price", /steps of 0\.01/],
    [{ price: "1e3", quantity: "1" }, "price", /digits/],
    [{ price: "2000000", quantity: "1" }, "price", /Between 0\.01 and/],
    [{ price: "99", quantity: "0.000001" }, "quantity", /steps of 0\.00001/],
    [{ price: "99", quantity: "0.01" }, "quantity", /worth at least 5\.0+ USDT/],
    [{ price: "99", quantity: "11" }, "quantity", /More than you have: 1000/],
    [{ side: "SELL", price: "101", quantity: "2.1" }, "quantity", /More than you have: 2/],
    [{ price: "100.01", quantity: "1", isPostOnly: true }, "price", /below the best ask/],
    [{ side: "SELL", kind: "STOP_LOSS", stopPrice: "100", quantity: "1" }, "stopPrice", /below/],
    [{ side: "SELL", kind: "TAKE_PROFIT", stopPrice: "99", quantity: "1" }, "stopPrice", /above/],
    [{ kind: "TRAILING", trailingPercent: "30", quantity: "1" }, "trailingPercent", /20 %/],
    [{ price: "99", quantity: "1", iceberg: "1" }, "iceberg", /less than the quantity/],
    [{ price: "99", quantity: "1", iceberg: "0.05" }, "iceberg", /10 parts/],
    [
      { price: "99", quantity: "1", timeInForce: "GTD", goodTill: "1970-01-01T00:00" },
      "goodTill",
      /future/,
    ],
  ];
  for (const [change, field, expected] of problems) {
    const { problems: found, isReady } = check(change);
    assert.match(String(found[field as keyof typeof found]), expected, JSON.stringify(change));
    assert.equal(isReady, false);
  }
});

test("what is missing is no problem yet, but not ready", () => {
  assert.deepEqual(check({}).problems, {});
  assert.equal(check({}).isReady, false);
});

test("a market order is reckoned by what it would meet", () => {
  const order = draft({ kind: "MARKET", quantity: "1" });
  const checked = checkDraft(order, around);
  const preview = previewOf(order, checked, around, { maker: "0.001", taker: "0.002" });
  // 0.5 at 100.01 and 0.5 at 100.02.
  assert.equal(preview?.total, 10_001_500_000n);
  assert.equal(preview?.averagePrice, 10_002n);
  assert.equal(preview?.worstPrice, 10_002n);
  assert.equal(preview?.fee, 200_000n);
  assert.equal(preview?.received, 99_800_000n);
  const deep = draft({ kind: "MARKET", quantity: "5", side: "SELL" });
  assert.equal(checkDraft(deep, around).sweep?.isWhole, false);
});

test("a share of the balance is rounded down to what the market has", () => {
  const share = (change: Partial<Draft>, percent: number) => {
    const order = draft(change);
    return amountOfShare(order, checkDraft(order, around).values, around, percent);
  };
  assert.equal(share({ price: "99.99" }, 100), 1_000_100n);
  assert.equal(share({ side: "SELL" }, 25), 50_000n);
  assert.equal(share({ kind: "MARKET", amountOf: "quote" }, 50), 50_000_000_000n);
  // Without a price of its own it is reckoned with the last one.
  assert.equal(share({}, 100), 1_000_000n);
});

test("a limit order with an exit and a stop is sent as one list, the exit on the other side", () => {
  const entry = { kind: "OTOCO", price: "99", quantity: "1", exitPrice: "110" } as const;
  assert.deepEqual(params({ ...entry, stopPrice: "90", exitQuantity: "0.9" }), {
    ...{ symbol: "BTCUSDT", workingType: "LIMIT", workingSide: "BUY", workingPrice: "99.00" },
    ...{ workingQuantity: "1.00000", workingTimeInForce: "GTC", pendingSide: "SELL" },
    ...{ pendingQuantity: "0.90000", pendingAboveType: "LIMIT_MAKER" },
    ...{ pendingAbovePrice: "110.00", pendingBelowType: "STOP_LOSS" },
    pendingBelowStopPrice: "90.00",
  });
  const sold = params({ ...entry, side: "SELL", exitPrice: "90", stopPrice: "110" });
  assert.equal(sold["pendingBelowPrice"], "90.00");
  assert.equal(sold["pendingAboveStopPrice"], "110.00");
});

test("an exit stands on the side of profit, a stop on the other, and neither is too large", () => {
  const entry = { kind: "OTOCO", price: "99", quantity: "1" } as const;
  const wrong = check({ ...entry, exitPrice: "98", stopPrice: "100", exitQuantity: "2" }).problems;
  assert.deepEqual(Object.keys(wrong).sort(), ["exitPrice", "exitQuantity", "stopPrice"]);
  assert.equal(check({ ...entry, exitPrice: "110" }).isReady, false);
  const simple = params({ kind: "OTO", price: "99", quantity: "1", exitPrice: "110" });
  assert.equal(simple["pendingType"], "LIMIT");
  assert.equal(simple["pendingQuantity"], "1.00000");
});
