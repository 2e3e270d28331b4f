import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeCreateKey } from "@halcyon/core";
import { administratorKeyOf, administratorTokenOf } from "../src/admin/credentials.ts";
import { FailedAttempts } from "../src/admin/failed-attempts.ts";
import { AdminVenue, administratorKey, send, token, withMarket } from "./admin-venue.ts";

const bearer = (value: string) => ({ headers: { authorization: value } });

test("nothing but a valid administrator token is let in", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  const key = (
    await send(admin.api, "POST /accounts/2/keys", { kind: "hmac-sha256", permissions: ["read"] })
  ).body;
  const wrong = `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`;
  for (const value of [
    "",
    "Bearer",
    token,
    `Basic ${token}`,
    `Bearer ${wrong}`,
    `Bearer ${key.name}`,
    `Bearer ${key.secret}`,
    `Bearer ${token} ${token}`,
    "Bearer hal_admin_\u0000",
  ]) {
    const refused = await send(admin.api, "GET /accounts", undefined, bearer(value));
    assert.equal(refused.status, 401, value);
    assert.match(refused.headers["WWW-Authenticate"]!, /^Bearer/);
  }
  assert.equal(JSON.stringify(admin.logged).includes(wrong), false);
  assert.equal((await send(admin.api, "GET /accounts")).status, 200);
});

test("a token whose hash only begins like a known one is not let in", async () => {
  const admin = new AdminVenue();
  const other = administratorTokenOf(new Uint8Array(32).fill(2));
  const { name } = administratorKeyOf(other);
  admin.apply((w) =>
    encodeCreateKey(w, {}, { ...administratorKey, name, material: new Uint8Array(32).fill(3) }),
  );
  const refused = await send(admin.api, "GET /status", undefined, bearer(`Bearer ${other}`));
  assert.equal(refused.status, 401);
});

test("a path that does not exist is told to nobody without a token", async () => {
  const admin = new AdminVenue();
  assert.equal((await send(admin.api, "GET /nothing", undefined, bearer(""))).status, 401);
});

test("an address that fails too often has to wait, and locks nobody out", async () => {
  const admin = new AdminVenue();
  const statuses: number[] = [];
  for (let i = 0; i < 12; i++) {
    statuses.push((await send(admin.api, "GET /status", undefined, bearer("Bearer x"))).status);
  }
  assert.deepEqual(statuses, [...Array(10).fill(401), 429, 429]);
  const limited = await send(admin.api, "GET /status", undefined, bearer("Bearer x"));
  assert.equal(limited.headers["Retry-After"], "60");
  assert.equal((await send(admin.api, "GET /status")).status, 200);
  const elsewhere = { ...bearer("Bearer x"), address: "198.51.100.1" };
  assert.equal((await send(admin.api, "GET /status", undefined, elsewhere)).status, 401);
  admin.nowMs += 60_000;
  assert.equal((await send(admin.api, "GET /status", undefined, bearer("Bearer x"))).status, 401);
});

test("the table of failed attempts stays bounded and forgets ended windows first", () => {
  const attempts = new FailedAttempts(2, 1_000, 3);
  for (let i = 0; i < 10; i++) attempts.add(`a${i}`, 0);
  assert.equal(attempts.addressCount, 3);
  assert.equal(attempts.add("a9", 0), 0);
  assert.equal(attempts.add("a9", 1), 999);
  assert.equal(attempts.add("b", 1_000), 0);
  assert.equal(attempts.addressCount, 1);
  assert.equal(attempts.add("a9", 1_000), 0);
});

test("an administrator makes another, who works at once on every node and can be revoked", async () => {
  const admin = new AdminVenue();
  const made = await send(admin.api, "POST /administrators", { label: "night shift" });
  assert.equal(made.status, 201);
  assert.match(made.body.token, /^hal_admin_[A-Za-z0-9_-]{43}$/);
  assert.match(made.body.name, /^admin_[0-9a-f]{16}$/);
  const other = bearer(`Bearer ${made.body.token}`);
  const list = await send(admin.node("node-2"), "GET /administrators", undefined, other);
  assert.deepEqual(
    list.body.administrators.map((a: { label: string }) => a.label),
    ["first", "night shift"],
  );
  assert.equal(list.text.includes(made.body.token), false);
  assert.equal(JSON.stringify(admin.logged).includes(made.body.token), false);

  const self = await send(admin.api, `DELETE /administrators/${made.body.name}`, undefined, other);
  assert.equal(self.status, 409);
  const revoked = await send(admin.api, `DELETE /administrators/${made.body.name}`);
  assert.deepEqual(revoked.body, { name: made.body.name });
  assert.equal((await send(admin.api, "GET /status", undefined, other)).status, 401);
});

test("each change leaves one line for the audit trail: who, what, and how it ended", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  admin.logged.length = 0;
  await send(admin.api, "GET /accounts");
  await send(admin.api, "POST /deposits", { account: 2, asset: "BTC", amount: "1" });
  await send(admin.api, "POST /withdrawals", { account: 2, asset: "BTC", amount: "2" });
  assert.equal(admin.logged.length, 2);
  const [deposit, withdrawal] = admin.logged as Record<string, unknown>[];
  const { requestId, by, ...rest } = deposit!;
  assert.match(String(by), /^admin_/);
  assert.match(String(requestId), /^urn:uuid:[0-9a-f-]{36}$/);
  assert.deepEqual(rest, {
    audit: true,
    address: "203.0.113.7",
    route: "POST /admin/v1/deposits",
    target: { account: 2, asset: "BTC", amount: "1.00000000", reference: "" },
    outcome: "done",
    status: 201,
    position: admin.venue.position - 1,
  });
  assert.partialDeepStrictEqual(withdrawal, { outcome: "insufficient-balance", status: 409 });
});
