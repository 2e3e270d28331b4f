import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import type { Any } from "./loose.ts";
import { makeMarket, makeTrader, once, withoutTls } from "./world.ts";

// What clients in other languages do with the same few rules, sent by hand through the edge.

const opened = once(async () => {
  await makeMarket("RAW");
  return { host: (await withoutTls()).host, trader: await makeTrader("RAW", "withdraw") };
});

type Raw = { readonly query?: string; readonly body?: string; readonly type?: string };

async function call(verb: string, path: string, { query, body, type }: Raw) {
  const { host, trader } = await opened();
  const response = await fetch(`http://${host}${path}?${query ?? ""}`, {
    method: verb,
    headers: {
      "X-MBX-APIKEY": trader.apiKey,
      ...(type === undefined ? {} : { "Content-Type": type }),
    },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, body: (await response.json()) as Any };
}

async function signed(payload: string): Promise<string> {
  const { trader } = await opened();
  return createHmac("sha256", trader.secret).update(payload).digest("hex");
}

const order = "symbol=RAWUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=10";
const now = () => `timestamp=${Date.now()}`;
const form = "application/x-www-form-urlencoded";

test("signatures: the whole request in the query, in the body, or split between them", async () => {
  const whole = `${order}&${now()}`;
  const signature = `signature=${await signed(whole)}`;
  // Nothing stands between the two halves when they are signed.
  const [head, rest] = order.split("&timeInForce=") as [string, string];
  const tail = `timeInForce=${rest}&${now()}`;
  const splitSignature = `signature=${await signed(head + tail)}`;
  const ways: Record<string, Raw> = {
    query: { query: `${whole}&${signature}` },
    "query, said to be JSON": {
      query: `${whole}&${signature}`,
      body: "",
      type: "application/json",
    },
    body: { body: `${whole}&${signature}`, type: form },
    "body, said to be JSON": { body: `${whole}&${signature}`, type: "application/json" },
    "body, said to be nothing": { body: `${whole}&${signature}`, type: "" },
    "signature in the middle": { query: `${order}&${signature}&${whole.slice(order.length + 1)}` },
    "signature first": { query: `${signature}&${whole}` },
    "signature in capitals": { query: `${whole}&signature=${(await signed(whole)).toUpperCase()}` },
    split: { query: head, body: `${tail}&${splitSignature}`, type: form },
    "split, signature in the query": { query: `${head}&${splitSignature}`, body: tail, type: form },
  };
  for (const [way, raw] of Object.entries(ways)) {
    const { status, body } = await call("POST", "/api/v3/order", raw);
    assert.equal(status, 200, `${way}: ${JSON.stringify(body)}`);
  }
  const clear = `symbol=RAWUSDT&${now()}`;
  const raw = { body: `${clear}&signature=${await signed(clear)}`, type: "application/json" };
  const cleared = await call("DELETE", "/api/v3/openOrders", raw);
  assert.equal(cleared.body.length, Object.keys(ways).length);
});

test("signatures: over values as they were sent, encoded or not", async () => {
  const path = "/sapi/v1/capital/withdraw/apply";
  const encoded = `coin=RAW&amount=1&address=${encodeURIComponent("a/b?c=d&e+f%")}&${now()}`;
  const first = await call("POST", path, {
    query: `${encoded}&signature=${await signed(encoded)}`,
  });
  assert.equal(first.status, 200, JSON.stringify(first.body));
  const lower = encoded.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  const second = await call("POST", path, { body: `${lower}&signature=${await signed(lower)}` });
  assert.equal(second.status, 200, JSON.stringify(second.body));
  const overDecoded = await call("POST", path, {
    query: `${encoded}&signature=${await signed(decodeURIComponent(encoded))}`,
  });
  assert.equal(overDecoded.body.code, -1022);
  const history = `coin=RAW&${now()}`;
  const { body } = await call("GET", "/sapi/v1/capital/withdraw/history", {
    query: `${history}&signature=${await signed(history)}`,
  });
  assert.deepEqual(
    body.map((one: { address: string }) => one.address),
    ["a/b?c=d&e+f%", "a/b?c=d&e+f%"],
  );
  const symbols = `symbols=${encodeURIComponent('["RAWUSDT"]')}`;
  const prices = await call("GET", "/api/v3/ticker/price", { query: symbols });
  assert.equal(prices.body[0].symbol, "RAWUSDT");
});

test("signatures: what was changed on the way is refused", async () => {
  const payload = `${order}&${now()}`;
  const signature = await signed(payload);
  const changes: readonly [string, Raw, number][] = [
    [
      "a value",
      { query: `${payload.replace("price=10", "price=11")}&signature=${signature}` },
      -1022,
    ],
    [
      "order",
      { query: `timestamp=${payload.split("timestamp=")[1]}&${order}&signature=${signature}` },
      -1022,
    ],
    ["cut", { query: `${payload}&signature=${signature.slice(1)}` }, -1022],
    ["none", { query: payload }, -1102],
  ];
  for (const [what, raw, code] of changes) {
    const { body } = await call("POST", "/api/v3/order", raw);
    assert.equal(body.code, code, `${what}: ${JSON.stringify(body)}`);
  }
});
