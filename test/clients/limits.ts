import assert from "node:assert/strict";
import { test } from "node:test";
import { RateLimitBanError, TooManyRequestsError } from "@binance/spot";
import ccxt from "ccxt";
import { openBinance } from "./binance-client.ts";
import { openCcxt } from "./ccxt-client.ts";
import { openConnector } from "./connector-client.ts";
import type { Any } from "./loose.ts";
import { openSpot } from "./spot-client.ts";
import { behindTls, limits, makeMarket, makeTrader, once } from "./world.ts";

const symbol = "LIMUSDT";

/** Clients with an address of their own, so that its limits are nobody else's. */
const opened = once(async () => {
  await makeMarket("LIM");
  const place = await behindTls("127.0.0.77");
  const trader = await makeTrader("LIM");
  return {
    place,
    exchange: await openCcxt(place, trader),
    connector: await openConnector(place, trader),
    spot: await openSpot(place, trader),
    binance: await openBinance(place, trader),
  };
});

/** What the promise was refused with. */
async function refusalOf(promise: Promise<unknown>): Promise<Any> {
  return promise.then(
    () => assert.fail("nothing was refused"),
    (error: unknown) => error,
  );
}

/**
 * Asks until it is refused for at least so many seconds. Less would be over before the test is: then
 * the limit is used up again when it starts anew.
 */
async function refusedFor<T>(
  secondsMin: number,
  what: string,
  ask: () => Promise<{ refused: T; seconds: number } | null>,
): Promise<T> {
  const deadline = performance.now() + 40_000;
  while (performance.now() < deadline) {
    const answer = await ask();
    if (answer == null) continue;
    if (answer.seconds >= secondsMin) return answer.refused;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`waited in vain for ${what}`);
}

test("too many orders of an account: refused by every client, with a time to wait", async () => {
  const { exchange, connector, spot, binance } = await opened();
  await exchange.loadMarkets();
  const { newOrder } = connector.rest;
  const place = () =>
    newOrder!.call(connector.rest, symbol, "BUY", "LIMIT", {
      // They expire at once: the number of open orders has a limit of its own.
      ...{ timeInForce: "IOC", quantity: "1", price: "10" },
    });
  const error = await refusedFor<Any>(5, "a refused order", async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 25 }, place));
    const refused: Any = outcomes.find((outcome) => outcome.status === "rejected")?.reason;
    return refused && { refused, seconds: Number(refused.response.headers["retry-after"]) };
  });
  assert.equal(error.response.status, 429);
  assert.equal(error.response.data.code, -1015);
  const used = Number(error.response.headers["x-mbx-order-count-10s"]);
  assert.ok(used >= limits.ordersPer10Seconds, `used: ${used}`);
  const order = { symbol, side: "BUY", type: "LIMIT", timeInForce: "GTC" } as const;
  const again = { ...order, quantity: 1, price: 10 };
  const refusals = await Promise.all([
    refusalOf(exchange.createOrder("LIM/USDT", "limit", "buy", 1, 10)),
    refusalOf(spot.rest("newOrder", again)),
    refusalOf(binance.rest.submitNewOrder(again)),
  ]);
  assert.ok(refusals[0] instanceof ccxt.DDoSProtection);
  assert.ok(refusals[1] instanceof TooManyRequestsError);
  assert.equal(refusals[2].code, -1015);
});

test("too much weight from an address: refused with a time to wait, and at last shut out", async () => {
  const { place, exchange, connector, spot, binance } = await opened();
  const depth = () => fetch(`https://${place.host}/api/v3/depth?symbol=${symbol}&limit=5000`);
  let answer = await refusedFor(10, "a refused request", async () => {
    const response = await depth();
    if (response.status === 200) return response.arrayBuffer().then(() => null);
    return { refused: response, seconds: Number(response.headers.get("retry-after")) };
  });
  assert.equal(answer.status, 429);
  assert.ok(Number(answer.headers.get("retry-after")) <= 60);
  assert.equal(((await answer.json()) as Any).code, -1003);
  const refusals = await Promise.all([
    refusalOf(exchange.fetchTime()),
    refusalOf(connector.rest["time"]!()),
    refusalOf(spot.rest("time")),
    refusalOf(binance.rest.testConnectivity()),
  ]);
  assert.ok(refusals[0] instanceof ccxt.DDoSProtection);
  assert.equal(refusals[1].response.status, 429);
  assert.ok(refusals[2] instanceof TooManyRequestsError);
  assert.equal(refusals[3].code, -1003);

  while (answer.status !== 418) {
    assert.equal(answer.status, 429);
    const answers = await Promise.all(Array.from({ length: 50 }, depth));
    await Promise.all(answers.map((one) => one.arrayBuffer()));
    answer = answers.at(-1)!;
  }
  assert.ok(Number(answer.headers.get("retry-after")) > 60);
  assert.ok((await refusalOf(exchange.fetchTime())) instanceof ccxt.DDoSProtection);
  assert.ok((await refusalOf(spot.rest("time"))) instanceof RateLimitBanError);
});
