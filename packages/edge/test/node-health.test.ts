import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { ask, testEdge, until, untilState } from "./support.ts";
import { startUpstream } from "./upstream.ts";

test("a node's readiness decides: ready, draining, starting, silent, gone and back", async (t) => {
  const node = await startUpstream("n1");
  const { edge } = await testEdge(t, [node]);
  await untilState(edge, "n1", "healthy");
  assert.deepEqual(edge.ready(), { ok: true, status: "ready", reasons: [] });
  node.readiness = "draining";
  await untilState(edge, "n1", "draining");
  assert.equal(edge.ready().ok, true, "a draining node still serves");
  node.readiness = "starting";
  await untilState(edge, "n1", "down");
  assert.match(String(edge.ready().reasons), /n1 is down: readyz 503 starting/);
  node.readiness = "ready";
  await untilState(edge, "n1", "healthy");
  node.readiness = "silent";
  await untilState(edge, "n1", "down");
  await node.close();
  await until(() => /ECONNREFUSED/.test(String(edge.ready().reasons)), "refused");
  const back = await startUpstream("n1", undefined, node);
  t.after(() => back.close());
  await untilState(edge, "n1", "healthy");
  assert.ok((edge.plan().nodes[0]?.latencyMs ?? 0) > 0);
});

test("a probe connection that ends between two probes is no sign of death", async (t) => {
  let probes = 0;
  const server = createServer((socket) => {
    let isUsed = false;
    socket.on("error", () => undefined);
    socket.on("data", () => {
      probes += 1;
      if (isUsed) socket.destroy();
      else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
      isUsed = true;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const node = { name: "n1", port: address.port, healthPort: address.port };
  const { edge, logLines } = await testEdge(t, [node]);
  await untilState(edge, "n1", "healthy");
  await until(() => probes >= 8, "it is probed on several connections");
  const states = logLines.filter((line) => "state" in line).map((line) => line["state"]);
  assert.deepEqual(states, ["healthy"]);
});

test("a refused request takes a node out at once; only a probe begun afterwards brings it back", async (t) => {
  const gone = await startUpstream("gone");
  await gone.close();
  const health = await startUpstream("health");
  const other = await startUpstream("n2");
  t.after(() => Promise.all([health.close(), other.close()]));
  // Its probes succeed while its requests are refused.
  const flapping = { name: "n1", port: gone.port, healthPort: health.healthPort };
  const { edge, port, logLines } = await testEdge(t, [flapping, other]);
  await untilState(edge, "n1", "healthy");
  await untilState(edge, "n2", "healthy");
  assert.equal((await ask(port)).json.node, "n2");
  const changes = () => logLines.filter((line) => line["node"] === "n1" && "state" in line);
  await until(() => changes().length >= 3, "suspected and cleared");
  assert.deepEqual(
    changes()
      .slice(0, 3)
      .map((line) => line["state"]),
    ["healthy", "suspect", "healthy"],
  );
});

test("panic: when probes fail but requests work, requests are served", async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  node.readiness = "starting";
  const { edge, port } = await testEdge(t, [node]);
  await untilState(edge, "n1", "down");
  assert.equal(edge.plan().plan.mode, "panic");
  assert.equal((await ask(port)).status, 200);
});

test("a client that states a region is sent there first", async (t) => {
  const nodes = await Promise.all(["n1", "n2", "n3"].map((name) => startUpstream(name)));
  t.after(() => Promise.all(nodes.map((node) => node.close())));
  const { edge, port } = await testEdge(t, nodes);
  for (const { name } of nodes) await untilState(edge, name, "healthy");
  const from = async (region: string) =>
    (await ask(port, { headers: { "Halcyon-Region": region } })).json.node;
  assert.equal(await from("r3"), "n3");
  assert.equal(await from("nowhere"), "n1");
  nodes[2]!.readiness = "starting";
  await untilState(edge, "n3", "down");
  assert.equal(await from("r3"), "n1");
  assert.equal(edge.plan({ statedRegion: "r3" }).plan.skipped[0]?.name, "n3");
});
