import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ask, keepAliveAgent, testEdge, until, untilState } from "./support.ts";

interface Child {
  readonly name: string;
  readonly port: number;
  readonly healthPort: number;
  readonly process: ChildProcess;
  readonly executed: string[];
}

async function startChild(t: TestContext, name: string): Promise<Child> {
  const child = fork(join(import.meta.dirname, "upstream-child.ts"), [name, "5"]);
  t.after(() => child.kill("SIGKILL"));
  const executed: string[] = [];
  const [ports] = (await once(child, "message")) as [{ port: number; healthPort: number }];
  child.on("message", (message: { executed?: string }) => {
    if (message.executed !== undefined) executed.push(message.executed);
  });
  return { name, ...ports, process: child, executed };
}

test("kill -9 of the node in use under load: no request fails, each keeps its id", async (t) => {
  const children = await Promise.all(["n1", "n2", "n3"].map((name) => startChild(t, name)));
  const { edge, port } = await testEdge(t, children);
  for (const { name } of children) await untilState(edge, name, "healthy");
  const agent = keepAliveAgent(t, 16);
  const total = 600;
  let started = 0;
  const answers: Awaited<ReturnType<typeof ask>>[] = [];
  const worker = async (): Promise<void> => {
    while (started < total) {
      started += 1;
      const path = `/api/v3/order?n=${started}`;
      answers.push(await ask(port, { method: "POST", path, body: "symbol=BTCUSDT", agent }));
    }
  };
  const load = Promise.all(Array.from({ length: 16 }, worker));
  await until(() => answers.length > 150, "the load runs on n1");
  children[0]!.process.kill("SIGKILL");
  await until(() => answers.length > 350, "the load runs on n2");
  children[1]!.process.kill("SIGKILL");
  await load;

  assert.equal(answers.length, total);
  assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [200]);
  const ids = answers.map((answer) => String(answer.headers["halcyon-request-id"]));
  assert.equal(new Set(ids).size, total, "each request has an id of its own");
  assert.deepEqual(
    [...new Set(answers.map((answer) => answer.headers["halcyon-node"]))],
    ["n1", "n2", "n3"],
  );
  const repeated = answers.filter((answer) => answer.json.headers["halcyon-attempt"] !== "0");
  assert.ok(repeated.length > 0, "some requests were in flight on the killed nodes");
  for (const answer of repeated) {
    assert.equal(answer.json.headers["halcyon-request-id"], answer.headers["halcyon-request-id"]);
  }
  const known = new Set(ids);
  for (const child of children) assert.ok(child.executed.every((id) => known.has(id)));
});

test("a stopped node (SIGSTOP) is left within a second, and comes back when it goes on", async (t) => {
  const children = await Promise.all(["n1", "n2"].map((name) => startChild(t, name)));
  const { edge, port } = await testEdge(t, children, {
    attemptTimeoutMs: 60_000,
    totalTimeoutMs: 60_000,
  });
  for (const { name } of children) await untilState(edge, name, "healthy");
  assert.equal((await ask(port)).json.node, "n1");
  children[0]!.process.kill("SIGSTOP");
  const moved = await ask(port);
  assert.equal(moved.json.node, "n2");
  assert.equal(edge.plan().nodes[0]?.state, "down");
  children[0]!.process.kill("SIGCONT");
  await untilState(edge, "n1", "healthy");
  assert.equal((await ask(port)).json.node, "n1");
});
