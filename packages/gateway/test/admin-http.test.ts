import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  adminToken,
  type Sent,
  send,
  sendSigned,
  startVenue,
  type TestNode,
  type TestVenue,
} from "./venue.ts";

let venue: TestVenue;
let nodes: readonly [TestNode, TestNode];
before(async () => {
  venue = await startVenue();
  nodes = [venue.node, await venue.addNode()];
});
after(() => venue.close());

function admin(node: TestNode, line: string, body?: object, headers = {}): Promise<Sent> {
  const authorization = `Bearer ${adminToken}`;
  const json = { "content-type": "application/json" };
  return send(node, line, {
    headers: { authorization, ...json, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function newAccount(): Promise<number> {
  return (await admin(venue.node, "POST /admin/v1/accounts", { label: "x" })).body.id;
}

test("what one node changes, the other shows once it is told the position", async () => {
  const [first, second] = nodes;
  const made = await admin(first, "POST /admin/v1/assets", { code: "SOL", decimals: 6 });
  assert.equal(made.status, 201);
  assert.equal(made.headers.get("halcyon-node"), "node-1");
  const position = made.headers.get("halcyon-position");
  const shown = await admin(second, "GET /admin/v1/assets/SOL", undefined, {
    "halcyon-position": position,
  });
  assert.deepEqual(shown.body, made.body);
  assert.equal(shown.headers.get("halcyon-node"), "node-2");
});

test("the same deposit sent to two nodes at the same moment is booked once", async () => {
  const account = await newAccount();
  const deposit = { account, asset: "BTC", amount: "1" };
  const headers = { "idempotency-key": "at-once" };
  const answers = await Promise.all(
    [...nodes, ...nodes].map((node) => admin(node, "POST /admin/v1/deposits", deposit, headers)),
  );
  for (const answer of answers) assert.equal(answer.text, answers[0]!.text);
  assert.equal(answers.filter((a) => a.headers.get("idempotent-replayed") === null).length, 1);
  assert.equal(venue.node.replica.venue.available(account, 0), 100_000_000n);
});

test("a key request that the edge repeats on another node shows a secret that signs on both", async () => {
  const account = await newAccount();
  const [first, second] = nodes;
  const line = `POST /admin/v1/accounts/${account}/keys`;
  const asked = { kind: "hmac-sha256", permissions: ["read"] };
  const id = { "halcyon-request-id": "019b76da-a800-7abc-8def-0123456789ab" };
  const lost = await admin(first, line, asked, { ...id, "halcyon-attempt": "0" });
  const found = await admin(second, line, asked, { ...id, "halcyon-attempt": "1" });
  assert.equal(lost.status, 201);
  assert.equal(found.text, lost.text);
  const key = { apiKey: found.body.name, secret: found.body.secret };
  for (const node of nodes) {
    assert.equal((await sendSigned(node, key, "GET /api/v3/account")).status, 200);
    const trade = await sendSigned(node, key, "DELETE /api/v3/openOrders", { symbol: "BTCUSDT" });
    assert.equal(trade.body.code, -2015);
  }
  const position = (await admin(first, `DELETE /admin/v1/keys/${key.apiKey}`)).headers.get(
    "halcyon-position",
  );
  const headers = { "halcyon-position": position! };
  const revoked = await sendSigned(second, key, "GET /api/v3/account", {}, headers);
  assert.equal(revoked.body.code, -2015);
});

test("transfers are listed by every node, newest first", async () => {
  const account = await newAccount();
  let position = "";
  for (const amount of ["3", "2", "1"]) {
    const body = { account, asset: "BTC", amount };
    const booked = await admin(nodes[0], "POST /admin/v1/deposits", body);
    position = booked.headers.get("halcyon-position")!;
  }
  const listed = await admin(nodes[1], `GET /admin/v1/transfers?account=${account}`, undefined, {
    "halcyon-position": position,
  });
  const amounts = listed.body.transfers.map((t: { amount: string }) => t.amount);
  assert.deepEqual(amounts, ["1.00000000", "2.00000000", "3.00000000"]);
  const audit = (await admin(nodes[1], "GET /admin/v1/audit")).body;
  assert.equal(audit.balanced, true);
});

test("over HTTP too, bad input is a problem and never a defect", async () => {
  const [node] = nodes;
  const huge = { label: "x".repeat(70_000) };
  const cases: [Promise<Sent>, number][] = [
    [admin(node, "POST /admin/v1/accounts", huge), 413],
    [admin(node, "POST /admin/v1/accounts", {}, { "content-type": "text/plain" }), 415],
    [admin(node, "GET /admin/v1"), 404],
    [admin(node, "GET /admin/v1/%ff"), 404],
    [admin(node, "PATCH /admin/v1/assets", {}), 405],
    [admin(node, "GET /admin/v1/status", undefined, { authorization: "Bearer x" }), 401],
  ];
  for (const [sent, status] of cases) {
    const answer = await sent;
    assert.equal(answer.status, status);
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
    assert.match(answer.body.instance, /^urn:uuid:/);
  }
  assert.equal(node.logged.join("\n").includes(adminToken), false);
});
