import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openTrader, sendSigned, startVenue, type TestVenue, type Trader } from "./venue.ts";

let venue: TestVenue;
let trader: Trader;

before(async () => {
  venue = await startVenue();
  trader = await openTrader(venue.node, { USDT: 1_000_000, BTC: 100 });
});
after(() => venue.close());

type Values = Readonly<Record<string, string | number | undefined>>;
type Row = readonly [values: Values, code: number, msg: string];

const missing = (name: string): string =>
  `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`;
const oneMissing = (first: string, second: string): string =>
  `Param '${first}' or '${second}' must be sent, but both were empty/null!`;
const notRequired = (name: string): string => `Parameter '${name}' sent when not required.`;
const unread = (read: number, sent: number): string =>
  `Not all sent parameters were read; read '${read}' parameter(s) but was sent '${sent}'.`;
const combination = "Unsupported order combination.";
const lotSize = "Filter failure: LOT_SIZE";

/** Each row changes a request that would be taken, and so shows what is wrong with the change alone. */
function refuses(line: string, whole: Values, rows: readonly Row[]): void {
  for (const [change, code, msg] of rows) {
    const label = `${line} of ${whole["type"] ?? "a list"} with ${JSON.stringify(change, undefinedText)}`;
    test(`${label} is refused with ${code}`, async () => {
      const sent = await sendSigned(venue.node, trader, line, { ...whole, ...change });
      assert.deepEqual(sent.body, { code, msg });
      assert.equal(sent.status, 400);
    });
  }
}
function undefinedText(_name: string, value: unknown): unknown {
  return value === undefined ? "nothing" : value;
}

const place = "POST /api/v3/order";
const stopLoss = {
  symbol: "BTCUSDT",
  side: "SELL",
  type: "STOP_LOSS",
  quantity: "1",
  stopPrice: "90",
};
const stopLimit = { ...stopLoss, type: "STOP_LOSS_LIMIT", price: "89", timeInForce: "GTC" };

for (const type of ["STOP_LOSS", "TAKE_PROFIT"]) {
  refuses(place, { ...stopLoss, type }, [
    [{ quantity: undefined }, -1102, missing("quantity")],
    [{ quantity: undefined, quoteOrderQty: "100" }, -1102, missing("quantity")],
    [{ quoteOrderQty: "100" }, -1106, notRequired("quoteOrderQty")],
    [{ stopPrice: undefined }, -1102, oneMissing("stopPrice", "trailingDelta")],
    [{ price: "90" }, -1106, notRequired("price")],
    [{ timeInForce: "GTC" }, -1106, notRequired("timeInForce")],
    [{ icebergQty: "0.1" }, -1106, notRequired("icebergQty")],
    [{ goodTillDate: 1 }, -1106, notRequired("goodTillDate")],
    [{ stopPrice: "0" }, -1013, "Filter failure: PRICE_FILTER"],
    [{ stopPrice: "90.001" }, -1013, "Filter failure: PRICE_FILTER"],
    [{ stopPrice: "1000000.01" }, -1013, "Filter failure: PRICE_FILTER"],
    [{ trailingDelta: 0 }, -1013, "Filter failure: TRAILING_DELTA"],
    [{ trailingDelta: 2_147_483_648 }, -1013, "Filter failure: TRAILING_DELTA"],
    [{ strategyType: 1 }, -1134, "strategyType was less than 1000000."],
  ]);
}
for (const type of ["STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"]) {
  refuses(place, { ...stopLimit, type }, [
    [{ timeInForce: undefined }, -1102, missing("timeInForce")],
    [{ quantity: undefined }, -1102, missing("quantity")],
    [{ price: undefined }, -1102, missing("price")],
    [{ stopPrice: undefined }, -1102, oneMissing("stopPrice", "trailingDelta")],
    [{ timeInForce: "FOK", icebergQty: "0.1" }, -1014, combination],
    [{ timeInForce: "GTD" }, -1102, missing("goodTillDate")],
    [{ icebergQty: "1" }, -1013, "IcebergQty exceeds QTY."],
    [{ icebergQty: "0.000001" }, -1013, lotSize],
  ]);
}
refuses(
  place,
  { symbol: "BTCUSDT", side: "SELL", type: "LIMIT_MAKER", quantity: "1", price: "110" },
  [
    [{ timeInForce: "GTC" }, -1106, notRequired("timeInForce")],
    [{ timeInForce: "GTD" }, -1102, missing("goodTillDate")],
    [{ stopPrice: "120" }, -1106, notRequired("stopPrice")],
    [{ trailingDelta: 100 }, -1106, notRequired("trailingDelta")],
  ],
);
refuses(place, { symbol: "BTCUSDT", side: "SELL", type: "MARKET", quantity: "1" }, [
  [{ stopPrice: "120" }, -1106, notRequired("stopPrice")],
  [{ icebergQty: "0.1" }, -1106, notRequired("icebergQty")],
]);

const sellOco = {
  ...{
    symbol: "BTCUSDT",
    side: "SELL",
    quantity: "1",
    aboveType: "LIMIT_MAKER",
    abovePrice: "110",
  },
  ...{ belowType: "STOP_LOSS_LIMIT", belowStopPrice: "90", belowPrice: "89" },
  belowTimeInForce: "GTC",
};
refuses("POST /api/v3/orderList/oco", sellOco, [
  [{ symbol: "NOSUCH" }, -1121, "Invalid symbol."],
  [{ side: undefined }, -1102, missing("side")],
  [{ quantity: undefined }, -1102, missing("quantity")],
  [{ aboveType: undefined }, -1102, missing("aboveType")],
  [{ belowType: "STOP" }, -1116, "Invalid orderType."],
  [{ aboveType: "LIMIT" }, -1158, "Order type not supported in OCO."],
  [{ belowType: "MARKET" }, -1158, "Order type not supported in OCO."],
  [{ belowType: "LIMIT_MAKER" }, -1168, "At least one OCO order must be contingent."],
  [{ abovePrice: undefined }, -1102, missing("abovePrice")],
  [{ aboveTimeInForce: "GTC" }, -1106, notRequired("aboveTimeInForce")],
  [{ aboveStopPrice: "120" }, -1106, notRequired("aboveStopPrice")],
  [{ belowTimeInForce: undefined }, -1102, missing("belowTimeInForce")],
  [{ belowStopPrice: undefined }, -1102, oneMissing("belowStopPrice", "belowTrailingDelta")],
  [{ belowStrategyType: 5 }, -1134, "belowStrategyType was less than 1000000."],
  [
    { belowTimeInForce: "IOC", belowIcebergQty: "0.1" },
    -1160,
    "Parameter 'belowIcebergQty' is not supported if 'belowTimeInForce' is not GTC.",
  ],
  [{ side: "BUY" }, -1165, "A limit order in a buy OCO must be below."],
  [
    { aboveType: "STOP_LOSS", abovePrice: undefined, aboveStopPrice: "120" },
    -1197,
    "A stop loss order in a sell OCO must be below.",
  ],
  [{ price: "1" }, -1104, unread(11, 12)],
]);
refuses(
  "POST /api/v3/orderList/oco",
  {
    ...{ symbol: "BTCUSDT", side: "BUY", quantity: "1", aboveType: "STOP_LOSS" },
    ...{ aboveStopPrice: "110", belowType: "TAKE_PROFIT", belowStopPrice: "90" },
  },
  [
    [{ side: "SELL" }, -1197, "A stop loss order in a sell OCO must be below."],
    [{ aboveType: "TAKE_PROFIT" }, -1198, "A take profit order in a buy OCO must be below."],
    [{ belowType: "STOP_LOSS" }, -1196, "A stop loss order in a buy OCO must be above."],
    [
      { side: "SELL", belowType: "STOP_LOSS", aboveType: "STOP_LOSS" },
      -1197,
      "A stop loss order in a sell OCO must be below.",
    ],
    [
      { side: "SELL", aboveType: "TAKE_PROFIT" },
      -1199,
      "A take profit order in a sell OCO must be above.",
    ],
    [
      { side: "SELL", ...{ aboveType: "TAKE_PROFIT", belowType: "LIMIT_MAKER" } },
      -1166,
      "A limit order in a sell OCO must be above.",
    ],
  ],
);
refuses(
  "POST /api/v3/order/oco",
  { symbol: "BTCUSDT", side: "SELL", quantity: "1", price: "110", stopPrice: "90" },
  [
    [{ price: undefined }, -1102, missing("price")],
    [{ stopPrice: undefined }, -1102, oneMissing("stopPrice", "trailingDelta")],
    [{ stopLimitPrice: "89" }, -1102, missing("stopLimitTimeInForce")],
    [{ stopLimitTimeInForce: "GTC" }, -1106, notRequired("stopLimitTimeInForce")],
    [{ type: "LIMIT", timeInForce: "GTC" }, -1104, unread(7, 9)],
  ],
);

const oto = {
  ...{ symbol: "BTCUSDT", workingType: "LIMIT", workingSide: "BUY", workingPrice: "100" },
  ...{ workingQuantity: "1", workingTimeInForce: "GTC", pendingType: "MARKET" },
  ...{ pendingSide: "SELL", pendingQuantity: "1" },
};
refuses("POST /api/v3/orderList/oto", oto, [
  [{ workingType: "MARKET" }, -1116, "Invalid orderType."],
  [{ workingTimeInForce: undefined }, -1102, missing("workingTimeInForce")],
  [{ workingPrice: undefined }, -1102, missing("workingPrice")],
  [{ pendingQuantity: undefined }, -1102, missing("pendingQuantity")],
  [{ pendingQuoteOrderQty: "1" }, -1104, unread(11, 12)],
  [{ pendingType: "LIMIT" }, -1102, missing("pendingTimeInForce")],
  [{ pendingType: "TAKE_PROFIT" }, -1102, oneMissing("pendingStopPrice", "pendingTrailingDelta")],
]);
refuses(
  "POST /api/v3/orderList/otoco",
  {
    ...oto,
    ...{ pendingType: undefined, pendingAboveType: "LIMIT_MAKER", pendingAbovePrice: "110" },
    ...{ pendingBelowType: "STOP_LOSS", pendingBelowStopPrice: "90" },
  },
  [
    [{ pendingAbovePrice: undefined }, -1102, missing("pendingAbovePrice")],
    [{ pendingSide: "BUY" }, -1165, "A limit order in a buy OCO must be below."],
    [{ pendingBelowType: "LIMIT_MAKER" }, -1168, "At least one OCO order must be contingent."],
  ],
);

refuses("PUT /api/v3/order/amend/keepPriority", { symbol: "BTCUSDT", orderId: 1, newQty: "1" }, [
  [{ newQty: undefined }, -1102, missing("newQty")],
  [{ newQty: "0" }, -1013, lotSize],
  [{ orderId: undefined }, -1102, oneMissing("orderId", "origClientOrderId")],
  [{ orderId: 0 }, -2038, "Unknown order sent."],
]);
refuses("DELETE /api/v3/orderList", { symbol: "BTCUSDT", orderListId: 1 }, [
  [{ orderListId: undefined }, -1102, oneMissing("orderListId", "listClientOrderId")],
  [{ orderListId: 0 }, -2011, "Unknown order list sent."],
]);
refuses("GET /api/v3/orderList", { orderListId: 1 }, [
  [{}, -2013, "Order list does not exist."],
  [{ orderListId: undefined }, -1102, oneMissing("orderListId", "origClientOrderId")],
]);
refuses("GET /api/v3/allOrderList", {}, [
  [{ fromId: 1, startTime: 1 }, -1128, "Combination of optional parameters invalid."],
  [{ limit: 0 }, -1130, "Data sent for parameter 'limit' is not valid."],
]);
refuses("GET /api/v3/myPreventedMatches", { symbol: "BTCUSDT" }, [
  [{}, -1102, oneMissing("preventedMatchId", "orderId")],
  [{ preventedMatchId: 1, orderId: 1 }, -1128, "Combination of optional parameters invalid."],
]);
