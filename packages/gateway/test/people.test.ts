import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Secret, TOTP } from "otpauth";
import { Browser } from "./browser.ts";
import {
  adminToken,
  limitOrder,
  openTrader,
  type Sent,
  send,
  sendSigned,
  startVenue,
  type TestNode,
  type TestVenue,
  until,
} from "./venue.ts";
import { TestSocket } from "./websocket-client.ts";

let venue: TestVenue;
let node: TestNode;
let other: TestNode;
before(async () => {
  venue = await startVenue();
  node = venue.node;
  other = await venue.addNode();
});
after(() => venue.close());

const password = "correct horse battery";
let count = 0;

function admin(line: string, body?: object): Promise<Sent> {
  return send(node, line, {
    headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** A person with a name of its own; traders have an account with money. */
async function newPerson(role: "trader" | "administrator" = "trader"): Promise<string> {
  const name = `person-${++count}`;
  const trader = role === "trader" ? await openTrader(node, { BTC: 10, USDT: 100_000 }) : null;
  const account = trader === null ? {} : { account: trader.account };
  const made = await admin("POST /admin/v1/people", { name, role, password, ...account });
  assert.equal(made.status, 201, made.text);
  return name;
}

async function signedIn(role: "trader" | "administrator" = "trader") {
  const name = await newPerson(role);
  const browser = new Browser();
  assert.equal((await browser.signIn(node, name, password)).status, 201);
  return { name, browser };
}

function codeOf(secret: string, stepsAhead = 0): string {
  const timestamp = Date.now() + stepsAhead * 30_000;
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp });
}

const now = () => `timestamp=${Date.now()}`;

test("whoever signed in at one node trades at another at once, and is told of it there", async () => {
  const { name, browser } = await signedIn();
  const session = await browser.ask(other, "GET /people/v1/session");
  assert.equal(session.body.person.name, name);
  const socket = await TestSocket.open(other, "/ws-api/v3", {
    headers: { cookie: browser.cookie },
    origin: other.url,
  });
  socket.send({ id: 1, method: "userDataStream.subscribe" });
  assert.equal((await socket.next()).status, 200);
  const order = new URLSearchParams(limitOrder("BUY", "100", "1") as Record<string, string>);
  const placed = await browser.ask(other, `POST /api/v3/order?${order}&${now()}`);
  assert.equal(placed.status, 200, placed.text);
  assert.equal(placed.body.status, "NEW");
  const report = await socket.next("the order's report", (m) => m.event?.e === "executionReport");
  assert.equal(report.event.i, placed.body.orderId);
  socket.send({ id: 2, method: "openOrders.status", params: { timestamp: Date.now() } });
  const answer = await socket.next("the open orders", (m) => m.id === 2);
  assert.equal(answer.result.length, 1);
  socket.ws.close();
});

test("the cookie cannot be read by scripts, sent by other sites, or taken over plain HTTP", async () => {
  const name = await newPerson();
  const plain = await new Browser().signIn(node, name, password);
  const cookie = String(plain.headers.get("set-cookie"));
  assert.match(cookie, /^halcyon_session=.*; Path=\/; Max-Age=900; HttpOnly; SameSite=Strict$/);
  const host = `127.0.0.1:${node.port}`;
  const secure = await new Browser({ origin: `https://${host}` }).signIn(node, name, password);
  assert.match(String(secure.headers.get("set-cookie")), /^__Host-halcyon_session=.*; Secure$/);
});

test("a request that another site has the browser send is nobody's", async () => {
  const { browser } = await signedIn();
  const line = `DELETE /api/v3/openOrders?symbol=BTCUSDT&${now()}`;
  const { cookie } = browser;
  for (const headers of [
    { cookie },
    { cookie, "X-Requested-With": "page", Origin: "https://evil.example" },
    { cookie, "X-Requested-With": "page", "Sec-Fetch-Site": "same-site" },
  ]) {
    assert.equal((await send(node, line, { headers: { ...headers } })).status, 401);
  }
  const foreign = await TestSocket.open(node, "/ws-api/v3", {
    headers: { cookie },
    origin: "https://evil.example",
  });
  foreign.send({ id: 1, method: "userDataStream.subscribe" });
  assert.notEqual((await foreign.next()).status, 200);
  foreign.ws.close();
  assert.notEqual((await browser.ask(node, line)).status, 401);
});

test("a wrong name, a wrong password and a wrong code are refused in the same words", async () => {
  const { name, browser } = await signedIn();
  await browser.elevate(node, { password });
  const { secret, setup } = (await browser.ask(node, "POST /people/v1/totp")).body;
  await browser.ask(node, "PUT /people/v1/totp", { setup, code: codeOf(secret) });
  const answers = [
    await new Browser().signIn(node, "nobody-of-that-name", password),
    await new Browser().signIn(node, name, "wrong horse battery"),
    await new Browser().signIn(node, name, password, "000000"),
  ];
  for (const { status, body } of answers) {
    assert.equal(status, 401);
    const { instance: _, ...words } = body;
    const { instance: __, ...first } = answers[0]!.body;
    assert.deepEqual(words, first);
  }
});

test("a second factor is asked for, and a code is good for one sign-in on all nodes", async () => {
  const { name, browser } = await signedIn();
  await browser.elevate(node, { password });
  const { secret, uri, setup } = (await browser.ask(node, "POST /people/v1/totp")).body;
  assert.match(uri, /^otpauth:\/\/totp\/Halcyon:person-/);
  const wrong = await browser.ask(node, "PUT /people/v1/totp", { setup, code: "000000" });
  assert.equal(wrong.status, 401);
  const set = await browser.ask(node, "PUT /people/v1/totp", { setup, code: codeOf(secret) });
  assert.deepEqual(set.body, { hasSecondFactor: true });
  const without = await new Browser().signIn(node, name, password);
  assert.match(without.body.type, /:second-factor-required$/);
  const code = codeOf(secret, 1);
  assert.equal((await new Browser().signIn(node, name, password, code)).status, 201);
  assert.equal((await new Browser().signIn(other, name, password, code)).status, 401);
  await admin(`DELETE /admin/v1/people/${name}/totp`);
  assert.equal((await new Browser().signIn(node, name, password)).status, 201);
});

test("codes are guessed ten times an hour at most, from wherever they come", async () => {
  const { name, browser } = await signedIn();
  await browser.elevate(node, { password });
  const { secret, setup } = (await browser.ask(node, "POST /people/v1/totp")).body;
  await browser.ask(node, "PUT /people/v1/totp", { setup, code: codeOf(secret) });
  const from = (at: number) => new Browser({ "x-forwarded-for": `198.51.100.${100 + at}` });
  for (let at = 0; at < 10; at++) {
    assert.equal((await from(at).signIn(node, name, password, "000000")).status, 401);
  }
  const shut = await from(11).signIn(node, name, password, codeOf(secret, 1));
  assert.equal(shut.status, 429);
  const other = await newPerson();
  assert.equal((await from(12).signIn(node, other, password)).status, 201);
});

test("guesses from one address shut that address out for a person, and no other", async () => {
  const name = await newPerson();
  const stranger = { "x-forwarded-for": "198.51.100.9" };
  for (let i = 0; i < 5; i++) {
    const guess = await new Browser(stranger).signIn(node, name, "guess number ...");
    assert.equal(guess.status, 401);
  }
  const shut = await new Browser(stranger).signIn(node, name, password);
  assert.equal(shut.status, 429);
  assert.ok(Number(shut.headers.get("retry-after")) > 0);
  assert.equal((await new Browser().signIn(node, name, password)).status, 201);
});

test("sensitive acts need a fresh proof, and a key made so works", async () => {
  const { browser } = await signedIn();
  const key = { kind: "hmac-sha256", label: "bot", permissions: ["read"] };
  const early = await browser.ask(node, "POST /people/v1/keys", key);
  assert.match(early.body.type, /:second-factor-needed$/);
  assert.equal((await browser.elevate(node, { password: "wrong horse battery" })).status, 401);
  const elevated = await browser.elevate(node, { password });
  assert.ok(elevated.body.elevatedUntilMs > 0);
  const made = await browser.ask(other, "POST /people/v1/keys", key);
  assert.equal(made.status, 201, made.text);
  const credentials = { apiKey: made.body.name, secret: made.body.secret };
  assert.equal((await sendSigned(other, credentials, "GET /api/v3/account")).status, 200);
  const listed = await browser.ask(other, "GET /people/v1/keys");
  assert.equal(listed.body.keys.length, 2);
  await browser.ask(other, `DELETE /people/v1/keys/${made.body.name}`);
  assert.equal((await sendSigned(other, credentials, "GET /api/v3/account")).status, 401);
});

test("nobody revokes the keys or ends the sessions of somebody else", async () => {
  const { browser } = await signedIn();
  const stranger = await signedIn();
  await browser.elevate(node, { password });
  const { keys } = (await stranger.browser.ask(node, "GET /people/v1/keys")).body;
  const { sessions } = (await stranger.browser.ask(node, "GET /people/v1/sessions")).body;
  const revoked = await browser.ask(node, `DELETE /people/v1/keys/${keys[0].name}`);
  const ended = await browser.ask(node, `DELETE /people/v1/sessions/${sessions[0].id}`);
  assert.deepEqual([revoked.status, ended.status], [404, 404]);
  assert.equal((await stranger.browser.ask(node, "GET /people/v1/session")).status, 200);
});

test("a new password ends every other session, and the old one opens none", async () => {
  const { name, browser } = await signedIn();
  const elsewhere = new Browser();
  await elsewhere.signIn(other, name, password);
  await browser.elevate(node, { password });
  const next = "a longer pass phrase";
  assert.equal((await browser.ask(node, "PUT /people/v1/password", { next: "short" })).status, 400);
  await browser.ask(node, "PUT /people/v1/password", { next });
  assert.equal((await elsewhere.ask(node, "GET /people/v1/session")).status, 401);
  assert.equal((await browser.ask(node, "GET /people/v1/session")).status, 200);
  assert.equal((await new Browser().signIn(node, name, password)).status, 401);
  assert.equal((await new Browser().signIn(node, name, next)).status, 201);
});

test("a session that ends takes its streams and its token with it, on every node", async () => {
  const { name, browser } = await signedIn();
  const socket = await TestSocket.open(other, "/ws-api/v3", {
    headers: { cookie: browser.cookie },
    origin: other.url,
  });
  await until("the other node to know", () => other.replica.position === node.replica.position);
  socket.send({ id: 1, method: "userDataStream.subscribe" });
  assert.equal((await socket.next()).status, 200);
  const { cookie } = browser;
  assert.equal((await admin(`DELETE /admin/v1/people/${name}/sessions`)).status, 200);
  await socket.next("the stream's end", (m) => m.event?.e === "eventStreamTerminated");
  socket.send({ id: 2, method: "openOrders.status", params: { timestamp: Date.now() } });
  assert.equal((await socket.next("the refusal", (m) => m.id === 2)).status, 401);
  browser.cookie = cookie;
  assert.equal((await browser.ask(other, "GET /people/v1/session")).status, 401);
  socket.ws.close();
});

test("signing out ends the session, not only the cookie", async () => {
  const { browser } = await signedIn();
  const { cookie } = browser;
  const out = await browser.ask(node, "DELETE /people/v1/session");
  assert.match(String(out.headers.get("set-cookie")), /^halcyon_session=; .*Max-Age=0/);
  browser.cookie = cookie;
  assert.equal((await browser.ask(node, "GET /people/v1/session")).status, 401);
});

test("a token that was not given out, or was changed, is nobody's", async () => {
  const { browser } = await signedIn();
  const [name = "", token = ""] = browser.cookie.split("=");
  const [id, position, expires, signature] = token.split(".");
  const later = `${id}.${position}.${Number(expires) + 1}.${signature}`;
  for (const changed of [later, `${token.slice(0, -3)}AAA`, "x", ""]) {
    browser.cookie = `${name}=${changed}`;
    assert.equal((await browser.ask(node, "GET /people/v1/session")).status, 401);
  }
});

test("an administrator who signed in runs the venue, after a fresh proof", async () => {
  const { browser } = await signedIn("administrator");
  assert.equal((await browser.ask(other, "GET /admin/v1/accounts")).status, 200);
  const early = await browser.ask(other, "POST /admin/v1/accounts", { label: "x" });
  assert.equal(early.status, 403);
  await browser.elevate(other, { password });
  const made = await browser.ask(node, "POST /admin/v1/accounts", { label: "x" });
  assert.equal(made.status, 201);
  const line = node.logged.find((text) => text.includes("POST /admin/v1/accounts"));
  assert.match(String(line), /"by":"person:person-/);
  assert.equal((await browser.ask(node, `GET /api/v3/account?${now()}`)).status, 401);
});

test("a trader is not let near the admin API", async () => {
  const { browser } = await signedIn();
  const asked = await browser.ask(node, "GET /admin/v1/accounts");
  assert.equal(asked.status, 403);
  assert.match(asked.body.type, /:forbidden$/);
});

test("two people of one name, a trader without an account and an unknown person are refused", async () => {
  const name = await newPerson();
  const again = await admin("POST /admin/v1/people", { name, role: "administrator", password });
  assert.equal(again.status, 409);
  const lost = await admin("POST /admin/v1/people", { name: "lost", role: "trader", password });
  assert.equal(lost.status, 404);
  assert.equal((await admin("DELETE /admin/v1/people/lost")).status, 404);
});

test("a password that the venue makes is shown once, and signs in", async () => {
  const made = await admin("POST /admin/v1/people", { name: "made", role: "administrator" });
  assert.equal(made.body.password.length, 20);
  assert.equal((await new Browser().signIn(node, "made", made.body.password)).status, 201);
  const reset = await admin("PUT /admin/v1/people/made/password", {});
  assert.notEqual(reset.body.password, made.body.password);
  assert.equal((await new Browser().signIn(node, "made", made.body.password)).status, 401);
  const listed = await admin("GET /admin/v1/people?limit=1000");
  const person = listed.body.people.find((p: { name: string }) => p.name === "made");
  assert.partialDeepStrictEqual(person, { role: "administrator", account: null, openSessions: 0 });
  assert.equal((await admin("DELETE /admin/v1/people/made")).status, 200);
  assert.equal((await new Browser().signIn(node, "made", reset.body.password)).status, 401);
});

test("a person sees how its balances changed", async () => {
  const { browser } = await signedIn();
  const { entries } = (await browser.ask(node, "GET /people/v1/balances/BTC/history")).body;
  assert.equal(entries.at(-1).available, "10.00000000");
});

test("a program that is not the page is told what this is for", async () => {
  const asked = await send(node, "GET /people/v1/session");
  assert.equal(asked.status, 403);
  assert.match(asked.body.detail, /X-Requested-With/);
});

test("no secret of a person is in any log line", () => {
  const lines = venue.node.logged.concat(other.logged).join("\n");
  assert.ok(!lines.includes(password));
  assert.ok(!lines.includes("argon2"));
});
