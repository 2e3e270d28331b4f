import assert from "node:assert/strict";
import { test } from "node:test";
import { openBinance } from "./binance-client.ts";
import { openConnector } from "./connector-client.ts";
import { openSpot } from "./spot-client.ts";
import { eventually, makeMarket, makeTrader, once, whileDoing, withoutTls } from "./world.ts";

const symbol = "PLNUSDT";

const opened = once(async () => {
  await makeMarket("PLN");
  return { place: await withoutTls(), trader: await makeTrader("PLN") };
});

const order = { symbol, side: "BUY", type: "LIMIT", timeInForce: "GTC" } as const;

test("without TLS: @binance/connector", async () => {
  const { place, trader } = await opened();
  const { rest, ask, streams, events } = await openConnector(place, trader);
  streams.subscribe(`${symbol.toLowerCase()}@depth@100ms`);
  await eventually("the stream", () => streams.isConnected());
  await rest["newOrder"]!(symbol, "BUY", "LIMIT", { ...order, quantity: 1, price: 10 });
  await eventually("the change", () => events.some((event) => event.b?.[0]?.[0] === "10.00000000"));
  assert.equal((await ask("cancelOpenOrders", symbol)).result.length, 1);
});

test("without TLS: @binance/spot", async () => {
  const { place, trader } = await opened();
  const { rest, openApi, openStreams } = await openSpot(place, trader);
  await openStreams();
  const api = await openApi();
  await rest("newOrder", { ...order, quantity: 1, price: 10 });
  assert.equal((await api["openOrdersCancelAll"]!({ symbol })).data.length, 1);
});

test("without TLS: binance", async () => {
  const { place, trader } = await opened();
  const { rest, api, streams, events } = await openBinance(place, trader);
  await streams.subscribe([`${symbol.toLowerCase()}@depth@100ms`], "main");
  const seen = () => events.some((event) => event.b?.[0]?.[0] === "11.00000000");
  // This client does not wait until it is subscribed.
  await whileDoing("the change", eventually("the change", seen), () =>
    rest.submitNewOrder({ ...order, quantity: 1, price: 11 }),
  );
  const all = await api.cancelAllSpotOpenOrders({ symbol, timestamp: Date.now() });
  assert.ok(all.result.length > 0);
});
