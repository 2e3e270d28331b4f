import assert from "node:assert/strict";
import { test } from "node:test";
import { startPageServer } from "../../src/haproxy/page-server.ts";
import { asBrowser, asProgram, pageFolder, SCRIPT } from "../page-folder.ts";
import { ask, until } from "../support.ts";
import { startUpstream } from "../upstream.ts";
import { haproxyMissing, startHaproxy } from "./haproxy-process.ts";

const skip = haproxyMissing;
const log = { info() {}, warn() {}, error() {} };

test("behind HAProxy browsers get the page, programs the API, also while the own balancer is gone", {
  skip,
}, async (t) => {
  const folder = pageFolder(t);
  const listen = { host: "127.0.0.1", port: 0 };
  const own = await startPageServer({ folder, listen, others: [] }, log);
  const other = await startPageServer({ folder, listen, others: [] }, log);
  const node = await startUpstream("n1");
  t.after(() => Promise.all([own.stop(), other.stop(), node.close()]));
  const { port } = await startHaproxy(t, [[node]], {
    page: {
      folder,
      listen: { ...listen, port: own.port },
      others: [{ ...listen, port: other.port }],
    },
  });
  const page = await ask(port, { path: "/trade/BTC-USDT", headers: asBrowser });
  assert.match(page.text, /the page/);
  assert.match(String(page.headers["content-security-policy"]), /default-src 'none'/);
  assert.match((await ask(port, { path: "/", headers: asBrowser })).text, /the page/);
  assert.equal((await ask(port, { path: SCRIPT })).status, 200);
  assert.equal((await ask(port, { path: "/assets/gone.js" })).status, 404);
  assert.equal((await ask(port, { path: "/", headers: asProgram })).json.name, "Halcyon");
  assert.equal((await ask(port, { path: "/api/v3/ping", headers: asBrowser })).json.node, "n1");
  assert.equal(
    (await ask(port, { path: "/people/v1/session", headers: asBrowser })).json.node,
    "n1",
  );
  assert.equal(
    (await ask(port, { method: "POST", path: "/x", headers: asBrowser })).json.node,
    "n1",
  );

  await own.stop();
  let answer = page;
  let failures = 0;
  const askAgain = async () => {
    answer = await ask(port, { path: "/", headers: asBrowser });
    if (answer.status !== 200) failures += 1;
  };
  await askAgain();
  if (answer.status !== 200) {
    const timer = setInterval(() => void askAgain(), 100);
    await until(() => answer.status === 200, "another zone's balancer serves the page");
    clearInterval(timer);
  }
  assert.match(answer.text, /the page/, `after ${failures} failures`);
});
