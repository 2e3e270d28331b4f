import assert from "node:assert/strict";
import { test } from "node:test";
import ccxt from "ccxt";
import { type Exchange, openCcxt } from "./ccxt-client.ts";
import { blocks, type Place, section } from "./from-docs.ts";
import {
  atTheEnd,
  behindTls,
  makeMarket,
  makeTrader,
  once,
  theVenue,
  whileDoing,
  withoutTls,
} from "./world.ts";

const symbol = "CCE/USDT";
const id = "CCEUSDT";

const opened = once(async () => {
  await makeMarket("CCE");
  const trader = await makeTrader("CCE", "withdraw");
  const exchange = await openCcxt(await behindTls(), trader);
  await exchange.createOrder(symbol, "limit", "sell", 1, 100, { clientOrderId: "taken" });
  return { exchange, trader };
});

const order = { symbol: id, side: "BUY", type: "LIMIT", timeInForce: "GTC" } as const;

test("ccxt: each refusal of an order comes as its class", async () => {
  const { exchange } = await opened();
  const place = (amount: number, price: number, params = {}) =>
    exchange.createOrder(symbol, "limit", "buy", amount, price, params);
  const { InsufficientFunds, InvalidOrder, BadRequest, OrderImmediatelyFillable } = ccxt;
  const refused = [
    [InsufficientFunds, "insufficient balance", () => place(9_000, 99_000)],
    [InvalidOrder, "PRICE_FILTER", () => place(1, 200_000)],
    [InvalidOrder, "LOT_SIZE", () => place(9_001, 1)],
    [InvalidOrder, "LOT_SIZE", () => exchange.createOrder(symbol, "market", "buy", 101)],
    [BadRequest, "NOTIONAL", () => place(0.01, 1)],
    [OrderImmediatelyFillable, "immediately match", () => place(1, 101, { postOnly: true })],
    [InvalidOrder, "Duplicate order", () => place(1, 1, { clientOrderId: "taken" })],
    [
      BadRequest,
      "too much precision",
      () => exchange.privatePostOrder({ ...order, quantity: "1.0000000001", price: "50" }),
    ],
    [BadRequest, "-1102", () => exchange.privatePostOrder({ ...order, price: "50" })],
    [
      BadRequest,
      "-1104",
      () => exchange.privatePostOrder({ ...order, quantity: "1", price: "50", surprise: "1" }),
    ],
    [
      BadRequest,
      "-1117",
      () => exchange.privatePostOrder({ ...order, side: "HOLD", quantity: "1", price: "50" }),
    ],
  ] as const;
  for (const [kind, text, ask] of refused) {
    await assert.rejects(ask, (error: Error) => {
      assert.equal(error.constructor.name, kind.name, error.message);
      return error.message.includes(text) || assert.fail(error.message);
    });
  }
});

test("ccxt: unknown orders and symbols, closed markets and accounts", async () => {
  const { exchange, trader } = await opened();
  const { OrderNotFound, BadSymbol, MarketClosed, AccountSuspended, BadRequest } = ccxt;
  await assert.rejects(exchange.cancelOrder("999999999", symbol), OrderNotFound);
  await assert.rejects(exchange.fetchOrder("999999999", symbol), OrderNotFound);
  await assert.rejects(exchange.cancelAllOrders("BTC/USDT"), OrderNotFound);
  await assert.rejects(exchange.publicGetDepth({ symbol: "NOPE" }), BadSymbol);
  await assert.rejects(exchange.publicGetKlines({ symbol: id, interval: "7m" }), BadRequest);

  const { admin } = await theVenue();
  const buy = () => exchange.createOrder(symbol, "limit", "buy", 1, 50);
  await admin("PUT", `/markets/${id}/state`, { state: "halt" });
  await assert.rejects(buy, MarketClosed);
  await admin("PUT", `/markets/${id}/state`, { state: "trading" });
  const flags = {
    noTrading: true,
    noWithdrawals: false,
    noDeposits: false,
    frozen: false,
    mayOverdraw: false,
  };
  await admin("PUT", `/accounts/${trader.account}/flags`, flags);
  await assert.rejects(buy, AccountSuspended);
  await admin("PUT", `/accounts/${trader.account}/flags`, { ...flags, noTrading: false });
  await exchange.cancelOrder((await buy()).id!, symbol);
});

test("ccxt: who is not let in, and whose clock is wrong", async () => {
  const { trader } = await opened();
  const place = await behindTls();
  const { AuthenticationError, DDoSProtection, InvalidNonce } = ccxt;
  const wrongSecret = await openCcxt(place, { ...trader, secret: "x".repeat(64) });
  await assert.rejects(wrongSecret.privateGetAccount(), AuthenticationError);
  const wrongKey = await openCcxt(place, { ...trader, apiKey: "x".repeat(64) });
  await assert.rejects(wrongKey.privateGetAccount(), AuthenticationError);
  const noKey = await openCcxt(place, { ...trader, apiKey: "x y" });
  await assert.rejects(noKey.privateGetAccount(), AuthenticationError);
  const reader = await (await theVenue()).makeTrader("reader", { USDT: "10" }, ["read"]);
  const mayNotTrade = await openCcxt(place, reader);
  const buy = () => mayNotTrade.privatePostOrder({ ...order, quantity: "1", price: "50" });
  await assert.rejects(buy, AuthenticationError);
  // Once it was let in, it takes the same answer for a ban that will pass.
  await mayNotTrade.privateGetAccount();
  await assert.rejects(buy, DDoSProtection);

  for (const offsetMs of [-20_000, 60_000]) {
    const elsewhere = await openCcxt(place, trader);
    elsewhere.milliseconds = () => Date.now() + offsetMs;
    await assert.rejects(elsewhere.privateGetAccount(), InvalidNonce, `${offsetMs} ms`);
    // It asks the venue for its time, and takes the difference off from then on.
    await elsewhere.loadTimeDifference();
    await elsewhere.privateGetAccount();
  }
});

/** What provokes the errors that ccxt knows from its spot table only. */
function provoke(exchange: Exchange): Readonly<Record<string, () => Promise<unknown>>> {
  const buy = { ...order, quantity: "1", price: "50" };
  const replace = { ...buy, cancelOrderId: 999_999 };
  const inMode = (cancelReplaceMode: string) => () =>
    exchange.privatePostOrderCancelReplace({ ...replace, cancelReplaceMode });
  return {
    "-1108": () => exchange.privatePostOrder({ ...order, strategyId: "9007199254740993" }),
    "-1131": () => exchange.privateGetAccount({ recvWindow: 60_001 }),
    "-1134": () => exchange.privatePostOrder({ ...buy, strategyType: 1 }),
    "-1145": () =>
      exchange.privateDeleteOrder({ symbol: id, orderId: 1, cancelRestrictions: "ONLY_OLD" }),
    "-1151": () => exchange.publicGetTicker24hr({ symbols: `["${id}","${id}"]` }),
    "-2021": inMode("ALLOW_FAILURE"),
    "-2022": inMode("STOP_ON_FAILURE"),
    "-4018": () => exchange.sapiGetCapitalDepositAddress({ coin: "NOPE" }),
    "-4026": () =>
      exchange.sapiPostCapitalWithdrawApply({ coin: "CCE", address: "there", amount: 9_999 }),
  };
}

/** The table of docs/clients.md: a code, its class behind TLS, its class without. */
function documentedClasses(): [code: string, tls: string, plain: string][] {
  const row = /^\| (-\d+) [^|]*\| `(\w+)` \| `(\w+)` \|$/gm;
  return [...section("ccxt without TLS").matchAll(row)].map((cells) => [
    ...([cells[1]!, cells[2]!, cells[3]!] as const),
  ]);
}

test("ccxt: the errors of its spot table, with TLS and without, are what the documentation says", async () => {
  const { exchange, trader } = await opened();
  const plain = await openCcxt(await withoutTls(), trader);
  const documented = documentedClasses();
  const [withTls, without] = [provoke(exchange), provoke(plain)];
  assert.deepEqual(documented.map(([code]) => code).sort(), Object.keys(withTls).sort());
  for (const [code, tlsClass, plainClass] of documented) {
    for (const [ask, name] of [
      [withTls[code]!, tlsClass],
      [without[code]!, plainClass],
    ] as const) {
      await assert.rejects(ask, (error: Error) => {
        assert.ok(error.message.includes(code), `${code}: ${error.message}`);
        assert.equal(error.constructor.name, name, code);
        return true;
      });
    }
  }
  await exchange.cancelAllOrders(symbol);
});

test("ccxt: without TLS, REST and streams work the same", async () => {
  const { trader } = await opened();
  const exchange = await openCcxt(await withoutTls(), trader);
  const placed = await exchange.createOrderWs(symbol, "limit", "buy", 1, 77);
  const book = await exchange.watchOrderBook(symbol);
  assert.deepEqual([...book.bids], [[77, 1]]);
  const balance = await whileDoing("the balance", exchange.watchBalance(), async () => {
    const other = await exchange.createOrderWs(symbol, "limit", "buy", 1, 33);
    await exchange.cancelOrderWs(other.id!, symbol);
  });
  assert.ok(balance["USDT"]!.used! >= 77);
  await exchange.cancelOrder(placed.id!, symbol);
});

test("ccxt: what freqtrade is configured with", async () => {
  const { trader } = await opened();
  const fromBlock = async (place: Place) => {
    const [json] = blocks("freqtrade", "json", place, trader);
    const { key, secret, ccxt_config: config, pair_whitelist: pairs } = JSON.parse(json!);
    const exchange = new ccxt.pro.binance({ ...config, apiKey: key, secret });
    atTheEnd(() => exchange.close());
    return { exchange, pairs };
  };
  const { exchange, pairs } = await fromBlock(await behindTls());
  await exchange.loadMarkets();
  assert.ok(exchange.markets![pairs[0]] !== undefined);
  assert.equal((await exchange.fetchBalance())["CCE"]?.total, 1_000);
  await exchange.watchTicker("BTC/USDT");
});
