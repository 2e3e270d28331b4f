import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeTick, transfersPerCommandMax } from "@halcyon/core";
import { AdminVenue, send, withMarket } from "./admin-venue.ts";

const uuid = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
const pay = (n: number, amount: string, more: object = {}) => ({
  id: uuid(n),
  kind: "transfer",
  from: 2,
  to: 3,
  asset: "USDT",
  amount,
  ...more,
});

/** Alice (2) with 1,000 USDT, and Bob (3). */
async function withMoney(): Promise<AdminVenue> {
  const admin = new AdminVenue();
  await withMarket(admin);
  await send(admin.api, "POST /accounts", { label: "Bob" });
  await send(admin.api, "POST /deposits", { account: 2, asset: "USDT", amount: "1000" });
  return admin;
}

function post(admin: AdminVenue, transfers: object[], headers: Record<string, string> = {}) {
  return send(admin.api, "POST /transfers", { transfers }, { headers });
}

test("transfers are done in order, each with a result of its own", async () => {
  const admin = await withMoney();
  const { status, body } = await post(admin, [
    pay(1, "0.000001", { code: 42 }),
    pay(2, "5000"),
    pay(1, "0.000001", { code: 42 }),
    pay(2, "1"),
  ]);
  assert.equal(status, 200);
  assert.deepEqual(body.results[0], {
    id: uuid(1),
    kind: "transfer",
    status: "done",
    repeated: false,
    number: 2,
    from: 2,
    to: 3,
    asset: "USDT",
    amount: "0.000001",
    released: "0.000000",
    code: 42,
    expiresAt: null,
    holdNumber: null,
  });
  assert.equal(body.results[1].type, "urn:problem-type:halcyon:insufficient-balance");
  assert.deepEqual(body.results[2], { ...body.results[0], repeated: true });
  assert.equal(body.results[3].refusal.name, "transferIdFailed");
  assert.equal(body.results[3].failure.name, "insufficientBalance");
  assert.equal(admin.venue.available(3, 1), 1n);
});

test("a chain is done whole or not at all", async () => {
  const admin = await withMoney();
  const { body } = await post(admin, [
    pay(1, "600", { linked: true }),
    pay(2, "600"),
    pay(3, "600"),
  ]);
  const names = body.results.map((r: { refusal?: { name: string } }) => r.refusal?.name ?? "done");
  assert.deepEqual(names, ["linkedTransferFailed", "insufficientBalance", "done"]);
  assert.equal(admin.venue.available(3, 1), 600_000_000n);
});

test("a hold is listed, shown, posted in part, and shown as posted", async () => {
  const admin = await withMoney();
  const hold = { ...pay(1, "100"), kind: "hold", timeoutSeconds: 60, code: 7 };
  const { body } = await post(admin, [hold, { ...hold, id: uuid(2), timeoutSeconds: 0 }]);
  const expiresAt = new Date(admin.nowMs + 60_000).toISOString();
  assert.equal(body.results[0].expiresAt, expiresAt);
  const shown = {
    id: uuid(1),
    number: 2,
    status: "open",
    from: 2,
    to: 3,
    asset: "USDT",
    amount: "100.000000",
    code: 7,
    expiresAt,
  };
  assert.deepEqual((await send(admin.api, `GET /holds/${uuid(1)}`)).body, shown);
  const first = (await send(admin.api, "GET /holds?account=2&limit=1")).body;
  assert.deepEqual(first, { holds: [shown], next: 2 });
  const second = (await send(admin.api, "GET /holds?limit=1&after=2")).body;
  assert.deepEqual(
    [second.holds[0].id, second.holds[0].expiresAt, second.next],
    [uuid(2), null, null],
  );
  assert.deepEqual((await send(admin.api, "GET /holds?account=3")).body.holds, []);
  const part = { id: uuid(3), kind: "post", hold: uuid(1), amount: "30", asset: "USDT" };
  const posted = (await post(admin, [part])).body.results[0];
  assert.deepEqual(
    [posted.amount, posted.released, posted.holdNumber],
    ["30.000000", "70.000000", 2],
  );
  const back = (await post(admin, [{ id: uuid(4), kind: "void", hold: uuid(1) }])).body.results[0];
  assert.equal(back.refusal.name, "holdPosted");
  assert.equal((await send(admin.api, `GET /holds/${uuid(1)}`)).body.status, "posted");
  assert.equal((await send(admin.api, `GET /holds/${uuid(9)}`)).status, 404);
  assert.equal(admin.venue.held(2, 1), 100_000_000n);
});

test("a request repeated with its Idempotency-Key is answered alike, another one with its key is refused", async () => {
  const admin = await withMoney();
  const key = { "idempotency-key": "k" };
  const list = [pay(1, "10"), pay(2, "9999"), pay(1, "10")];
  const first = await post(admin, list, key);
  const again = await post(admin, list, key);
  assert.equal(again.text, first.text);
  assert.equal(again.headers["Idempotent-Replayed"], "true");
  assert.equal((await post(admin, [pay(3, "1")], key)).status, 422);
  const headers = { headers: key };
  const account = await send(admin.api, "POST /accounts", { label: "x" }, headers);
  assert.equal(account.status, 422);
  await send(admin.api, "POST /accounts", { label: "x" }, { headers: { "idempotency-key": "a" } });
  assert.equal((await post(admin, list, { "idempotency-key": "a" })).status, 422);
  assert.equal(admin.venue.available(3, 1), 10_000_000n);
});

test("8,190 transfers go in one request", async () => {
  const admin = await withMoney();
  const list = Array.from({ length: transfersPerCommandMax }, (_, i) =>
    pay(i + 1, "0.01", { linked: i < transfersPerCommandMax - 1, code: 4_294_967_295 }),
  );
  const { body } = await post(admin, list);
  assert.ok(body.results.every((result: { status: string }) => result.status === "done"));
  assert.equal(admin.venue.available(3, 1), BigInt(transfersPerCommandMax) * 10_000n);
  assert.equal((await post(admin, [...list, pay(9000, "1")])).status, 400);
});

test("everything wrong with a transfer is told by its place, and nothing is done", async () => {
  const admin = await withMoney();
  const { position } = admin.venue;
  const pointers = async (...transfers: object[]) => {
    const refused = await post(admin, transfers);
    assert.equal(refused.status, 400, refused.text);
    return refused.body.errors.map(({ pointer }: { pointer: string }) => pointer);
  };
  assert.deepEqual(await pointers(), ["#/transfers"]);
  assert.deepEqual(await pointers(pay(1, "1", { kind: "gift" })), ["#/transfers/0/kind"]);
  assert.deepEqual(await pointers(pay(1, "1", { id: uuid(0).replaceAll(/[48]/g, "0") })), [
    "#/transfers/0/id",
  ]);
  assert.deepEqual(await pointers(pay(1, "1", { id: uuid(11).toUpperCase() })), [
    "#/transfers/0/id",
  ]);
  assert.deepEqual(await pointers(pay(1, "1", { asset: "EUR" }), pay(2, "0.0000001")), [
    "#/transfers/0/asset",
    "#/transfers/1/amount",
  ]);
  assert.deepEqual(await pointers(pay(1, "1"), pay(2, "1", { linked: true })), [
    "#/transfers/1/linked",
  ]);
  const part = { id: uuid(3), kind: "post", hold: uuid(1) };
  assert.deepEqual(await pointers({ ...part, amount: "1" }), ["#/transfers/0/amount"]);
  assert.deepEqual(await pointers({ ...part, amount: "0", asset: "USDT" }), [
    "#/transfers/0/amount",
  ]);
  assert.deepEqual(await pointers({ ...part, timeoutSeconds: 1 }), [
    "#/transfers/0/timeoutSeconds",
  ]);
  assert.equal(admin.venue.position, position);
});

test("an account's balance is shown as it was after any position", async () => {
  const admin = await withMoney();
  const began = admin.venue.position;
  await post(admin, [pay(1, "10")]);
  const paid = admin.venue.position;
  admin.apply(encodeTick);
  await post(admin, [{ ...pay(2, "5"), kind: "hold" }]);
  const held = admin.venue.position;
  const path = "GET /accounts/2/balances/USDT/history";
  const at = async (position: number) => {
    const { body } = await send(admin.api, `${path}?at=${position}`);
    return [body.entries[0].position, body.entries[0].available, body.entries[0].held];
  };
  assert.deepEqual(await at(began - 1), [0, "0.000000", "0.000000"]);
  assert.deepEqual(await at(began), [began, "1000.000000", "0.000000"]);
  assert.deepEqual(await at(held - 1), [paid, "990.000000", "0.000000"]);
  assert.deepEqual(await at(held), [held, "985.000000", "5.000000"]);
  const all = (await send(admin.api, path)).body;
  assert.deepEqual([all.entries.length, all.complete, all.next], [3, true, null]);
  const first = (await send(admin.api, `${path}?limit=2`)).body;
  assert.equal(first.next, paid);
  const rest = (await send(admin.api, `${path}?after=${paid}`)).body;
  assert.deepEqual(rest.entries, all.entries.slice(2));
  const within = (await send(admin.api, `${path}?from=${paid}&to=${held - 1}`)).body;
  assert.deepEqual(within.entries, all.entries.slice(1, 2));
  assert.equal((await send(admin.api, `${path}?at=${held + 1}`)).status, 409);
  assert.equal((await send(admin.api, `${path}?at=1&from=1`)).status, 400);
  assert.equal((await send(admin.api, "GET /accounts/2/balances/EUR/history")).status, 404);
  assert.equal((await send(admin.api, "GET /accounts/9/balances/BTC/history")).status, 404);
});
