import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { keyKind } from "@halcyon/core";
import { DerivedSecret } from "../src/admin/derived-secret.ts";
import { AdminVenue, masterKey, requestIdAt, send, startMs, withMarket } from "./admin-venue.ts";

const hmac = { kind: "hmac-sha256", permissions: ["read", "trade"], label: "bot" };

test("an HMAC key's secret is shown once, sealed in the venue and in no log line", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  const made = await send(admin.api, "POST /accounts/2/keys", {
    ...hmac,
    allowedAddresses: ["203.0.113.7", "2001:DB8:0::1"],
  });
  assert.equal(made.status, 201);
  const { name, secret, ...rest } = made.body;
  assert.match(name, /^[A-Za-z0-9]{64}$/);
  assert.match(secret, /^[A-Za-z0-9]{64}$/);
  assert.deepEqual(rest, {
    account: 2,
    ...hmac,
    allowedAddresses: ["203.0.113.7", "2001:db8::1"],
  });
  const key = admin.venue.keys.get(name)!;
  assert.equal(key.permissions, 3);
  assert.equal(admin.seal.open(name, key.material)?.toString(), secret);
  assert.equal(Buffer.from(key.material).includes(secret), false);
  assert.equal(JSON.stringify(admin.logged).includes(secret), false);
  const list = await send(admin.api, "GET /accounts/2/keys");
  assert.deepEqual(list.body, {
    keys: [{ name, ...rest, createdAt: new Date(startMs).toISOString() }],
    next: null,
  });
});

test("a key request that is executed by one node and answered by another shows the same secret", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  const requestId = requestIdAt(startMs + 1);
  const died = { kind: "unknown", reason: "the node is stopping" } as const;
  admin.failNext = { outcome: died, after: true };
  const lost = await send(admin.api, "POST /accounts/2/keys", hmac, { requestId });
  assert.equal(lost.status, 503);
  const found = await send(admin.node("node-2"), "POST /accounts/2/keys", hmac, {
    requestId,
    retry: true,
  });
  assert.equal(found.status, 201);
  assert.equal(found.headers["Idempotent-Replayed"], "true");
  assert.equal(admin.venue.keys.ofAccount(2).length, 1);
  const key = admin.venue.keys.get(found.body.name)!;
  assert.equal(admin.seal.open(key.name, key.material)?.toString(), found.body.secret);
});

test("keys of different requests have nothing in common", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  const a = (await send(admin.api, "POST /accounts/2/keys", hmac)).body;
  const b = (await send(admin.api, "POST /accounts/2/keys", hmac)).body;
  assert.equal(new Set([a.name, a.secret, b.name, b.secret]).size, 4);
});

test("derived letters and digits are all used, about equally often", () => {
  const counts = new Map<string, number>();
  for (let i = 0; i < 1_000; i++) {
    for (const letter of new DerivedSecret(masterKey, [i]).alphanumeric("test", 62)) {
      counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
  }
  assert.equal(counts.size, 62);
  for (const count of counts.values()) assert.ok(count > 800 && count < 1_200, String(count));
});

test("Ed25519 and RSA keys are the client's own: only the public half is taken, and no secret made", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  const ed25519 = generateKeyPairSync("ed25519").publicKey;
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;
  for (const [kind, publicKey] of [
    ["ed25519", ed25519],
    ["rsa", rsa],
  ] as const) {
    const pem = publicKey.export({ type: "spki", format: "pem" });
    const made = await send(admin.api, "POST /accounts/2/keys", {
      kind,
      permissions: ["read"],
      publicKey: pem,
    });
    assert.equal(made.status, 201);
    assert.equal("secret" in made.body, false);
    const key = admin.venue.keys.get(made.body.name)!;
    assert.equal(key.kind, keyKind[kind]);
    assert.deepEqual(Buffer.from(key.material), publicKey.export({ type: "spki", format: "der" }));
  }
});

test("private, foreign, weak and broken public keys are refused", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  const pair = generateKeyPairSync("ed25519");
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
  const refusal = async (kind: string, publicKey: string | Buffer) => {
    const body = { kind, permissions: ["read"], publicKey };
    const refused = await send(admin.api, "POST /accounts/2/keys", body);
    assert.equal(refused.status, 400);
    assert.equal(refused.body.errors[0].pointer, "#/publicKey");
    return refused.body.errors[0].detail;
  };
  const pem = { type: "spki", format: "pem" } as const;
  const privatePem = pair.privateKey.export({ type: "pkcs8", format: "pem" });
  assert.match(await refusal("ed25519", privatePem), /private key/);
  assert.match(await refusal("rsa", pair.publicKey.export(pem)), /ed25519, not rsa/);
  assert.match(await refusal("rsa", weak.export(pem)), /2048/);
  assert.match(await refusal("ed25519", "-----BEGIN PUBLIC KEY-----\nAAAA"), /PEM/);
  assert.match(await refusal("ed25519", ""), /PEM/);
  assert.equal(admin.venue.keys.ofAccount(2).length, 0);
});

test("a revoked key is gone; administrators cannot be revoked as keys", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  const { name } = (await send(admin.api, "POST /accounts/2/keys", hmac)).body;
  const headers = { "idempotency-key": "revoke-1" };
  const revoked = await send(admin.api, `DELETE /keys/${name}`, undefined, { headers });
  assert.deepEqual(revoked.body, { name, account: 2 });
  assert.equal(admin.venue.keys.get(name), undefined);
  const repeated = await send(admin.api, `DELETE /keys/${name}`, undefined, { headers });
  assert.deepEqual(repeated.body, revoked.body);
  const again = await send(admin.api, `DELETE /keys/${name}`);
  assert.deepEqual([again.status, again.body.code.name], [404, "unknownKey"]);
  const administrator = (await send(admin.api, "GET /administrators")).body.administrators[0];
  assert.equal((await send(admin.api, `DELETE /keys/${administrator.name}`)).status, 404);
});

test("the venue's own accounts get no API keys", async () => {
  const admin = new AdminVenue();
  for (const id of [0, 1, 99]) {
    const refused = await send(admin.api, `POST /accounts/${id}/keys`, hmac);
    assert.deepEqual([refused.status, refused.body.code.name], [404, "unknownAccount"]);
  }
});
