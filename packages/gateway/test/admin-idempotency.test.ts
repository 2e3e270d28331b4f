import assert from "node:assert/strict";
import { test } from "node:test";
import { requestTimeMs } from "@halcyon/core";
import { requestIdOfIdempotencyKey } from "../src/admin/request-identity.ts";
import { AdminVenue, requestIdAt, send, startMs, withMarket } from "./admin-venue.ts";

const withKey = (key: string) => ({ headers: { "idempotency-key": key } });
const deposit = { account: 2, asset: "BTC", amount: "1" };

test("a deposit repeated with its Idempotency-Key is booked once and answered alike by any node", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  const first = await send(admin.api, "POST /deposits", deposit, withKey("pay-1"));
  assert.equal(first.headers["Idempotent-Replayed"], undefined);
  for (const api of [admin.api, admin.node("node-2")]) {
    const again = await send(api, "POST /deposits", deposit, withKey("pay-1"));
    assert.equal(again.status, 201);
    assert.equal(again.text, first.text);
    assert.equal(again.headers["Idempotent-Replayed"], "true");
  }
  assert.equal(admin.venue.available(2, 0), 100_000_000n);
  await send(admin.api, "POST /deposits", deposit, withKey("pay-2"));
  assert.equal(admin.venue.available(2, 0), 200_000_000n);
});

test("an Idempotency-Key that is used for another request is refused", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  await send(admin.api, "POST /deposits", deposit, withKey("k"));
  for (const [line, body] of [
    ["POST /deposits", { ...deposit, amount: "2" }],
    ["POST /deposits", { ...deposit, reference: "x" }],
    ["POST /withdrawals", deposit],
    ["POST /accounts", { label: "Bob" }],
    ["POST /accounts/2/keys", { kind: "hmac-sha256", permissions: ["read"] }],
    ["PUT /markets/BTCUSDT/state", { state: "halt" }],
  ] as const) {
    const refused = await send(admin.api, line, body, withKey("k"));
    assert.equal(refused.status, 422, line);
    assert.equal(refused.body.type, "urn:problem-type:halcyon:idempotency-key-reused");
  }
  assert.equal(admin.venue.available(2, 0), 100_000_000n);
  assert.equal(admin.venue.accounts.count, 3);
});

test("a key request repeated with other permissions never gets the first one's secret", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  const key = { kind: "hmac-sha256", permissions: ["read"] };
  const first = await send(admin.api, "POST /accounts/2/keys", key, withKey("k"));
  const same = await send(admin.api, "POST /accounts/2/keys", key, withKey("k"));
  assert.equal(same.text, first.text);
  const more = { ...key, permissions: ["read", "withdraw"] };
  assert.equal((await send(admin.api, "POST /accounts/2/keys", more, withKey("k"))).status, 422);
  assert.equal(admin.venue.keys.ofAccount(2).length, 1);
});

test("two administrators may use the same Idempotency-Key", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  const { token } = (await send(admin.api, "POST /administrators", { label: "b" })).body;
  const other = { headers: { authorization: `Bearer ${token}`, "idempotency-key": "k" } };
  await send(admin.api, "POST /deposits", deposit, withKey("k"));
  const made = await send(admin.api, "POST /deposits", deposit, other);
  assert.equal(made.body.id, 2);
});

test("ids made of Idempotency-Keys say nothing about how far the venue remembers", () => {
  const id = requestIdOfIdempotencyKey("admin_00", "key")!;
  assert.equal(requestTimeMs(Int32Array.from(id), 0), 0);
  assert.notDeepEqual(id, requestIdOfIdempotencyKey("admin_00", "kez"));
  assert.notDeepEqual(id, requestIdOfIdempotencyKey("admin_01", "key"));
  assert.deepEqual(id, requestIdOfIdempotencyKey("admin_00", "key"));
});

test("an Idempotency-Key works on the first attempt even when the edge sends it as a repetition", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  const change = { ...withKey("late"), retry: true };
  assert.equal((await send(admin.api, "POST /deposits", deposit, change)).status, 201);
  assert.equal((await send(admin.api, "POST /deposits", deposit, change)).body.id, 1);
});

test("without one, a request the edge repeats is done once", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  const requestId = requestIdAt(startMs + 5);
  const first = await send(admin.api, "POST /deposits", deposit, { requestId });
  const again = await send(admin.api, "POST /deposits", deposit, { requestId, retry: true });
  assert.equal(again.text, first.text);
  assert.equal(admin.venue.available(2, 0), 100_000_000n);
});

test("a shed request says that it was not executed, an unknown outcome that it may have been", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  admin.failNext = { outcome: { kind: "shed", retryAfterMs: 1_500 }, after: false };
  const shed = await send(admin.api, "POST /deposits", deposit);
  assert.equal(shed.status, 503);
  assert.equal(shed.headers["Retry-After"], "2");
  assert.equal(shed.headers["Halcyon-Not-Executed"], "1");
  admin.failNext = { outcome: { kind: "unknown", reason: "the log is silent" }, after: true };
  const unknown = await send(admin.api, "POST /deposits", deposit, withKey("u"));
  assert.equal(unknown.status, 503);
  assert.equal(unknown.headers["Halcyon-Not-Executed"], undefined);
  assert.match(unknown.body.detail, /same one: it is done once/);
  const resolved = await send(admin.api, "POST /deposits", deposit, withKey("u"));
  assert.equal(resolved.status, 201);
  assert.equal(admin.venue.available(2, 0), 100_000_000n);
});
