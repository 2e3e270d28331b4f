import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { asBrowser, asProgram, pageFolder, SCRIPT } from "./page-folder.ts";
import { ask, testEdge, untilState } from "./support.ts";
import { startUpstream } from "./upstream.ts";

async function edgeWithPage(t: TestContext, folder = pageFolder(t)) {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const edge = await testEdge(t, [node], {}, { pageFolder: folder });
  await untilState(edge.edge, "n1", "healthy");
  return edge;
}

test("a browser gets the page at every path that is no API's", async (t) => {
  const { port } = await edgeWithPage(t);
  for (const path of ["/", "/trade/BTC-USDT", "/account?tab=keys", "/apiary"]) {
    const answer = await ask(port, { path, headers: asBrowser });
    assert.equal(answer.status, 200, path);
    assert.match(answer.text, /the page/, path);
    assert.equal(answer.headers["cache-control"], "no-cache");
    assert.match(String(answer.headers["content-security-policy"]), /default-src 'none'/);
    assert.doesNotMatch(String(answer.headers["content-security-policy"]), /unsafe/);
  }
});

test("paths of the API go to nodes, whoever asks, and so does what a program asks for", async (t) => {
  const { port } = await edgeWithPage(t);
  for (const path of ["/api/v3/ping", "/people/v1/session", "/admin/v1/x", "/sapi/v1/x"]) {
    assert.equal((await ask(port, { path, headers: asBrowser })).json.node, "n1", path);
  }
  assert.equal((await ask(port, { path: "/trade/X", headers: asProgram })).json.node, "n1");
  assert.equal(
    (await ask(port, { method: "POST", path: "/x", headers: asBrowser })).json.node,
    "n1",
  );
  assert.equal((await ask(port, { path: "/", headers: asProgram })).json.name, "Halcyon");
});

test("what has a hash in its name is kept for ever, compressed where that is understood", async (t) => {
  const { port } = await edgeWithPage(t);
  const plain = await ask(port, { path: SCRIPT });
  assert.equal(plain.headers["content-type"], "text/javascript;charset=UTF-8");
  assert.equal(plain.headers["cache-control"], "public, max-age=31536000, immutable");
  assert.equal(plain.headers["content-encoding"], undefined);
  const small = await ask(port, { path: SCRIPT, headers: { "Accept-Encoding": "gzip, br" } });
  assert.equal(small.headers["content-encoding"], "br");
  assert.ok(Number(small.headers["content-length"]) < Number(plain.headers["content-length"]));
  const refused = await ask(port, { path: SCRIPT, headers: { "Accept-Encoding": "br;q=0" } });
  assert.equal(refused.headers["content-encoding"], undefined);
  assert.notEqual(small.headers.etag, plain.headers.etag);
});

test("what a browser has already is not sent again", async (t) => {
  const { port } = await edgeWithPage(t);
  const { headers } = await ask(port, { path: "/", headers: asBrowser });
  const etag = String(headers.etag);
  const again = await ask(port, { path: "/", headers: { ...asBrowser, "If-None-Match": etag } });
  assert.equal(again.status, 304);
  assert.equal(again.text, "");
  const head = await ask(port, { method: "HEAD", path: "/", headers: asBrowser });
  assert.equal(head.status, 200);
  assert.equal(head.text, "");
});

test("nothing outside of the folder is served", async (t) => {
  const { port } = await edgeWithPage(t);
  for (const path of ["/assets/../../etc/passwd", "/assets/%2e%2e/index.html", `${SCRIPT}.br`]) {
    assert.equal((await ask(port, { path })).json.node, "n1", path);
  }
});

test("an edge that cannot read its page serves the API all the same", async (t) => {
  const { port, logLines } = await edgeWithPage(t, "/nowhere");
  assert.equal((await ask(port, { path: "/api/v3/ping" })).json.node, "n1");
  assert.ok(logLines.some(({ message }) => /no page for browsers/.test(String(message))));
});
