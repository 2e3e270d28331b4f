import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import type { Spot } from "@binance/spot";
import { openBinance } from "./binance-client.ts";
import { openCcxt } from "./ccxt-client.ts";
import { runBlocks } from "./from-docs.ts";
import type { Methods } from "./loose.ts";
import { atTheEnd, behindTls, makeMarket, makeTrader, once, theVenue } from "./world.ts";

const symbol = "KEYUSDT";

const opened = once(async () => {
  await makeMarket("KEY");
  return { place: await behindTls(), trader: await makeTrader("KEY") };
});

/** A key of the account's own making: its name, and its private half as the secret. */
async function makeKeyPair(kind: "ed25519" | "rsa") {
  const { trader } = await opened();
  const { privateKey, publicKey } =
    kind === "rsa"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ed25519");
  const { admin } = await theVenue();
  const key = await admin("POST", `/accounts/${trader.account}/keys`, {
    ...{ kind, permissions: ["read", "trade"], label: kind },
    publicKey: String(publicKey.export({ type: "spki", format: "pem" })),
  });
  const secret = String(privateKey.export({ type: "pkcs8", format: "pem" }));
  return { apiKey: String(key["name"]), secret };
}

for (const kind of ["ed25519", "rsa"] as const) {
  test(`${kind} keys: ccxt and binance, over REST and the WebSocket API`, async () => {
    const { place } = await opened();
    const credentials = await makeKeyPair(kind);
    const exchange = await openCcxt(place, credentials);
    assert.equal((await exchange.fetchBalance())["KEY"]?.total, 1_000);
    const order = await exchange.createOrderWs("KEY/USDT", "limit", "buy", 1, 10);
    assert.equal((await exchange.cancelOrder(order.id!, "KEY/USDT")).status, "canceled");

    const { rest, api } = await openBinance(place, credentials);
    const buy = { symbol, side: "BUY", type: "LIMIT", timeInForce: "GTC" } as const;
    const { orderId } = await rest.submitNewOrder({ ...buy, quantity: 1, price: 11 });
    const canceled = await api.cancelSpotOrder({ symbol, orderId, timestamp: Date.now() });
    assert.equal(canceled.result.status, "CANCELED");
    const session = await api.getSpotSessionStatus();
    // Only for Ed25519 does this client log on.
    assert.equal(session.result.apiKey, kind === "ed25519" ? credentials.apiKey : null);
  });

  test(`${kind} keys: the official clients`, async () => {
    const { place } = await opened();
    const credentials = await makeKeyPair(kind);
    const names = ["connector", "spot", "PrivateKeyAlgo"];
    const made = await runBlocks("Ed25519 and RSA keys", names, place, credentials);
    const connector = made["connector"] as Methods & { privateKeyAlgo: unknown };
    const { RSA } = made["PrivateKeyAlgo"] as { RSA: unknown };
    if (kind === "rsa") connector.privateKeyAlgo = RSA;
    assert.equal((await connector["account"]!()).data.accountType, "SPOT");
    const buy = { timeInForce: "GTC", quantity: "1", price: "12" };
    await connector["newOrder"]!(symbol, "BUY", "LIMIT", buy);

    const spot = made["spot"] as Spot;
    const open = await (await spot.restAPI.getOpenOrders({ symbol })).data();
    assert.equal(open.length, 1);
    const api = await spot.websocketAPI.connect();
    atTheEnd(() => api.disconnect());
    if (kind === "ed25519") {
      await api.sessionLogon();
      const status = await api.sessionStatus();
      assert.equal(status.data.apiKey, credentials.apiKey);
    }
    const { data } = await api.openOrdersCancelAll({ symbol });
    assert.equal(data.length, 1);
  });
}
