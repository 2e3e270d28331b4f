import assert from "node:assert/strict";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import { type Check, Counter, createMetrics, startHealthServer } from "../src/index.ts";

async function start(
  t: TestContext,
  ready: () => Check,
): Promise<(path: string, method?: string) => Promise<Response>> {
  const metrics = createMetrics({ process: "test" });
  new Counter({ name: "things_total", help: "Things.", registers: [metrics as never] }).inc(3);
  let isDraining = false;
  const server = await startHealthServer({
    host: "127.0.0.1",
    port: 0,
    live: () => ({ ok: true, status: "live" }),
    ready: () => (isDraining ? { ok: false, status: "draining" } : ready()),
    metrics,
    routes: {
      "POST /drain": () => {
        isDraining = true;
        return { status: 202, body: { status: "draining" } };
      },
      "GET /plan": (url) => ({ status: 200, body: { region: url.searchParams.get("region") } }),
      "GET /bug": () => {
        throw new Error("a bug");
      },
    },
  });
  t.after(() => server.close());
  return (path, method = "GET") => fetch(`http://127.0.0.1:${server.port}${path}`, { method });
}

test("readiness answers 200 or 503 with its reasons as JSON", async (t) => {
  let check: Check = { ok: false, status: "starting", reasons: ["The log is being read."] };
  const get = await start(t, () => check);
  assert.equal((await get("/livez")).status, 200);
  const starting = await get("/readyz");
  assert.equal(starting.status, 503);
  assert.deepEqual(await starting.json(), {
    status: "starting",
    reasons: ["The log is being read."],
  });
  check = { ok: true, status: "ready" };
  const ready = await get("/readyz?verbose");
  assert.equal(ready.status, 200);
  assert.deepEqual(await ready.json(), { status: "ready" });
});

test("one that drains answers 404 to a proxy that asks for it, and 503 to everybody else", async (t) => {
  let check: Check = { ok: false, status: "draining", load: 0.25 };
  const get = await start(t, () => check);
  const drains = await get("/readyz?draining=404");
  assert.equal(drains.status, 404);
  assert.deepEqual(await drains.json(), { status: "draining", load: 0.25 });
  assert.equal((await get("/readyz")).status, 503);
  check = { ok: false, status: "starting" };
  assert.equal((await get("/readyz?draining=404")).status, 503);
  check = { ok: true, status: "ready" };
  assert.equal((await get("/readyz?draining=404")).status, 200);
});

test("metrics are OpenMetrics with the process's own and the registered ones", async (t) => {
  const get = await start(t, () => ({ ok: true, status: "ready" }));
  const answer = await get("/metrics");
  assert.match(answer.headers.get("content-type") ?? "", /^application\/openmetrics-text/);
  const text = await answer.text();
  assert.match(text, /^things_total\{process="test"\} 3$/m);
  assert.match(text, /^process_cpu_user_seconds_total\{/m);
  assert.match(text, /^nodejs_eventloop_lag_p99_seconds\{/m);
  assert.match(text, /^process_resident_memory_bytes\{/m);
  assert.ok(text.trimEnd().endsWith("# EOF"));
});

test("further routes answer by method and path; a bug in one answers 500", async (t) => {
  const get = await start(t, () => ({ ok: true, status: "ready" }));
  assert.deepEqual(await (await get("/plan?region=eu")).json(), { region: "eu" });
  assert.equal((await get("/drain")).status, 404);
  assert.equal((await get("/readyz")).status, 200);
  assert.equal((await get("/drain", "POST")).status, 202);
  assert.equal((await get("/readyz")).status, 503);
  assert.equal((await get("/bug")).status, 500);
  assert.equal((await get("/livez")).status, 200);
});

test("a port in use is refused with the remedy", async (t) => {
  const options = {
    host: "127.0.0.1",
    live: () => ({ ok: true, status: "live" }),
    ready: () => ({ ok: true, status: "ready" }),
    metrics: createMetrics(),
  };
  const first = await startHealthServer({ ...options, port: 0 });
  t.after(() => first.close());
  await assert.rejects(
    startHealthServer({ ...options, port: first.port }),
    /in use: choose another/,
  );
});

test("closing does not wait for idle connections", async () => {
  const server = await startHealthServer({
    host: "127.0.0.1",
    port: 0,
    live: () => ({ ok: true, status: "live" }),
    ready: () => ({ ok: true, status: "ready" }),
    metrics: createMetrics(),
  });
  const socket = connect(server.port, "127.0.0.1");
  await new Promise((resolve) => socket.once("connect", resolve));
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => undefined);
  await server.close();
  await closed;
});
