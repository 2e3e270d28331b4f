import assert from "node:assert/strict";
import { test } from "node:test";
import { BadRequestError, NotFoundError, UnauthorizedError } from "@binance/spot";
import { openBinance } from "./binance-client.ts";
import { openConnector } from "./connector-client.ts";
import type { Any } from "./loose.ts";
import { openSpot } from "./spot-client.ts";
import { behindTls, makeMarket, makeTrader, once } from "./world.ts";

const symbol = "ERRUSDT";

const opened = once(async () => {
  await makeMarket("ERR");
  return { place: await behindTls(), trader: await makeTrader("ERR") };
});

const order = { symbol, side: "BUY", type: "LIMIT", timeInForce: "GTC" } as const;
const huge = { ...order, quantity: 9_000, price: 90_000 };
const insufficient = "Account has insufficient balance for requested action.";

test("@binance/connector: errors carry status, code and text", async () => {
  const { place, trader } = await opened();
  const { rest } = await openConnector(place, trader);
  const foreign = await openConnector(place, { ...trader, secret: "x".repeat(64) });
  const refused = [
    [400, -2010, () => rest["newOrder"]!(symbol, "BUY", "LIMIT", { ...huge })],
    [400, -2011, () => rest["cancelOrder"]!(symbol, { orderId: 999_999_999 })],
    [400, -2013, () => rest["getOrder"]!(symbol, { orderId: 999_999_999 })],
    [400, -1121, () => rest["depth"]!("NOPE")],
    [400, -1022, () => foreign.rest["account"]!()],
    [404, -1000, () => rest["accountSnapshot"]!("SPOT")],
  ] as const;
  for (const [status, code, ask] of refused) {
    await assert.rejects(ask, (error: Any) => {
      assert.equal(error.response.data.code, code, JSON.stringify(error.response.data));
      assert.equal(error.response.status, status);
      return true;
    });
  }
});

test("@binance/spot: errors come as the classes of their status", async () => {
  const { place, trader } = await opened();
  const { rest, openApi } = await openSpot(place, trader);
  const foreign = await openSpot(place, { ...trader, apiKey: "x".repeat(64) });
  await assert.rejects(rest("newOrder", huge), (error: Error) => {
    assert.ok(error instanceof BadRequestError);
    assert.equal(error.message, insufficient);
    return true;
  });
  await assert.rejects(foreign.rest("getAccount"), UnauthorizedError);
  await assert.rejects(rest("myAllocations", { symbol }), NotFoundError);
  const api = await openApi();
  await assert.rejects(
    async () => api["orderPlace"]!(huge),
    (error: Any) => error.code === -2010 && error.msg === insufficient,
  );
});

test("binance: errors carry code and text", async () => {
  const { place, trader } = await opened();
  const { rest, api } = await openBinance(place, trader);
  await assert.rejects(rest.submitNewOrder(huge), { code: -2010, message: insufficient });
  const unknown = { symbol, orderId: 999_999_999 };
  await assert.rejects(rest.cancelOrder(unknown), { code: -2011 });
  await assert.rejects(rest.getOrder(unknown), { code: -2013 });
  const foreign = await openBinance(place, { ...trader, secret: "x".repeat(64) });
  await assert.rejects(foreign.rest.getAccountInformation(), { code: -1022 });
  const overSocket = { ...order, quantity: "9000", price: "90000", timestamp: Date.now() };
  await assert.rejects(api.submitNewSpotOrder(overSocket), (error: Any) => {
    assert.equal(error.error.code, -2010);
    return true;
  });
});
