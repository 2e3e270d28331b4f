import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ask, keepAliveAgent, until } from "../support.ts";
import { echo, startUpstream } from "../upstream.ts";
import { haproxyMissing, startHaproxy } from "./haproxy-process.ts";

const skip = haproxyMissing;

interface Child {
  readonly name: string;
  readonly port: number;
  readonly healthPort: number;
  readonly process: ChildProcess;
}

async function startChild(t: TestContext, name: string): Promise<Child> {
  const child = fork(join(import.meta.dirname, "..", "upstream-child.ts"), [name, "5"]);
  t.after(() => child.kill("SIGKILL"));
  const [ports] = (await once(child, "message")) as [{ port: number; healthPort: number }];
  return { name, ...ports, process: child };
}

/** Sixteen clients that send one request after the other until they are told to stop. */
function load(t: TestContext, port: number) {
  const agent = keepAliveAgent(t, 16);
  const answers: { readonly at: number; readonly node: string; readonly status: number }[] = [];
  let isRunning = true;
  const worker = async (): Promise<void> => {
    while (isRunning) {
      const answer = await ask(port, {
        method: "POST",
        path: "/api/v3/order",
        body: "symbol=BTCUSDT",
        agent,
      });
      const node = String(answer.headers["halcyon-node"]);
      answers.push({ at: performance.now(), node, status: answer.status });
    }
  };
  const workers = Promise.all(Array.from({ length: 16 }, worker));
  return {
    answers,
    stop: async () => {
      isRunning = false;
      await workers;
    },
  };
}

test("kill -9 of a node under load: no request fails, and it gets no more", { skip }, async (t) => {
  const children = await Promise.all(["n1", "n2", "n3"].map((name) => startChild(t, name)));
  const [n1, n2, n3] = children as [Child, Child, Child];
  const haproxy = await startHaproxy(t, [[n1, n2], [n3]]);
  const { answers, stop } = load(t, haproxy.port);
  await until(() => answers.some(({ node }) => node === "n1"), "n1 serves");
  const killedAt = performance.now();
  n1.process.kill("SIGKILL");
  await haproxy.untilStatus("n1", "DOWN");
  const downMs = performance.now() - killedAt;
  const before = answers.length;
  await until(() => answers.length > before + 200, "the load goes on");
  n2.process.kill("SIGKILL");
  await haproxy.untilStatus("n2", "DOWN");
  const withoutBoth = answers.length;
  await until(() => answers.length > withoutBoth + 100, "another region serves");
  await stop();
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  assert.equal(answers.at(-1)!.node, "n3");
  t.diagnostic(`out of service ${downMs.toFixed(0)} ms after kill -9`);
});

test("a frozen node (SIGSTOP) is left, its requests are answered by another, and it comes back", {
  skip,
}, async (t) => {
  const children = await Promise.all(["n1", "n2"].map((name) => startChild(t, name)));
  const [n1, n2] = children as [Child, Child];
  const haproxy = await startHaproxy(t, [[n1, n2]], {
    edge: { limits: { attemptTimeoutMs: 1_500 } },
  });
  const { answers, stop } = load(t, haproxy.port);
  await until(() => answers.some(({ node }) => node === "n1"), "n1 serves");
  const frozenAt = performance.now();
  n1.process.kill("SIGSTOP");
  await haproxy.untilStatus("n1", "DOWN");
  const downMs = performance.now() - frozenAt;
  const before = answers.length;
  await until(() => answers.length > before + 100, "n2 serves");
  n1.process.kill("SIGCONT");
  await haproxy.untilStatus("n1", "UP");
  const back = answers.length;
  await until(() => answers.slice(back).some(({ node }) => node === "n1"), "n1 serves again");
  await stop();
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  t.diagnostic(`out of service ${downMs.toFixed(0)} ms after SIGSTOP`);
});

test("answers with 503, 429 or 400 do not put a node out of service", { skip }, async (t) => {
  let status = 503;
  const node = await startUpstream("n1", (_received, response) => {
    response.writeHead(status, { "Content-Length": 0 }).end();
  });
  t.after(() => node.close());
  const { port, socket } = await startHaproxy(t, [[node]]);
  for (status of [503, 429, 400, 500]) {
    for (let count = 0; count < 5; count += 1) assert.equal((await ask(port)).status, status);
  }
  const stats = await socket.stats();
  assert.ok(stats.ok);
  const stat = stats.value.find((one) => one.backend === "requests-r1" && one.server === "n1");
  assert.equal(stat?.status, "UP");
});

test("a draining node gets nothing new and keeps what it has", { skip }, async (t) => {
  const n1 = await startUpstream("n1");
  const n2 = await startUpstream("n2");
  t.after(() => Promise.all([n1.close(), n2.close()]));
  const haproxy = await startHaproxy(t, [[n1], [n2]]);
  assert.equal((await ask(haproxy.port)).json.node, "n1");
  n1.readiness = "draining";
  await haproxy.untilStatus("n1", "NOLB");
  for (let count = 0; count < 10; count += 1) {
    assert.equal((await ask(haproxy.port)).json.node, "n2");
  }
  n1.readiness = "ready";
  await haproxy.untilStatus("n1", "UP");
});

test("when no node looks alive every one is tried, those of the edge's region first: panic", {
  skip,
}, async (t) => {
  let isWilling = true;
  const n1 = await startUpstream("n1", (received, response) => {
    if (isWilling) echo(received, response);
    else response.writeHead(425, { "Content-Length": 0 }).end();
  });
  const n2 = await startUpstream("n2");
  t.after(() => Promise.all([n1.close(), n2.close()]));
  const haproxy = await startHaproxy(t, [[n1], [n2]]);
  n1.readiness = "silent";
  n2.readiness = "starting";
  await haproxy.untilStatus("n1", "DOWN");
  await haproxy.untilStatus("n2", "DOWN");
  assert.equal((await ask(haproxy.port)).json.node, "n1");
  assert.equal(n1.received.at(-1)?.headers["halcyon-panic"], "1", "the node is told");
  isWilling = false;
  assert.equal((await ask(haproxy.port)).json.node, "n2");
});

test("no node at all: what reads is refused, what changes may have been done", {
  skip,
}, async (t) => {
  const node = await startUpstream("n1");
  const haproxy = await startHaproxy(t, [[node]], { edge: { limits: { connectTimeoutMs: 50 } } });
  await node.close();
  await haproxy.untilStatus("n1", "DOWN");
  const read = await ask(haproxy.port);
  assert.equal(read.status, 503);
  assert.equal(read.json.code, -1008);
  assert.equal(read.headers["retry-after"], "1");
  assert.match(String(read.headers["content-type"]), /json/);
  assert.ok(read.headers["halcyon-request-id"]);
  const change = await ask(haproxy.port, { method: "POST", path: "/api/v3/order" });
  assert.equal(change.status, 503);
  assert.equal(change.json.code, -1000);
});

test("nodes that die over every attempt, or stay silent: the outcome is unknown, in the dialect", {
  skip,
}, async (t) => {
  let isSilent = false;
  const start = (name: string) =>
    startUpstream(name, (_received, response) => {
      if (!isSilent) response.destroy();
    });
  const [n1, n2] = [await start("n1"), await start("n2")];
  t.after(() => Promise.all([n1.close(), n2.close()]));
  const edge = { limits: { attemptTimeoutMs: 100, connectTimeoutMs: 50 } };
  const haproxy = await startHaproxy(t, [[n1, n2]], { edge });
  for (isSilent of [false, true]) {
    const change = await ask(haproxy.port, { method: "POST", path: "/api/v3/order", body: "x=1" });
    assert.equal(change.status, 503);
    assert.equal(change.json.code, -1000);
    const read = await ask(haproxy.port);
    assert.equal(read.status, 503);
    assert.equal(read.json.code, -1008);
  }
  assert.equal(n1.received.length + n2.received.length, 4 * 6, "six attempts each");
});
