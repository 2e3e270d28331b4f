import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, type TestContext } from "node:test";
import { ControlClient, controlSocketPath, freePorts, takeRunLock } from "../src/index.ts";
import { until } from "./fixtures/until.ts";

const root = mkdtempSync(join(tmpdir(), "halcyon-control-"));
after(() => rmSync(root, { recursive: true }));

type Started = { process: ChildProcess; output: () => string };

function startVenue(t: TestContext, data: string, ports: readonly number[]): Started {
  const entry = join(import.meta.dirname, "fixtures", "venue.ts");
  const child = spawn(process.execPath, [entry, data, ...ports.map(String)]);
  let output = "";
  const keep = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  t.after(() => child.kill("SIGKILL"));
  return { process: child, output: () => output };
}

function whenUp(started: Started) {
  return until(`up, but: ${started.output()}`, () =>
    /^up$/m.test(started.output()) ? true : null,
  );
}

async function pidsOf(data: string): Promise<number[]> {
  return until("all ready", async () => {
    const reply = await new ControlClient(data).processes();
    if (!reply.ok || reply.body.processes.some((one) => one.state !== "ready")) return null;
    return reply.body.processes.map((one) => one.pid!);
  });
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A killed child of a killed parent may stay as a zombie until somebody collects it.
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
}

test("the control socket lists, drains, kills and stops, for its user alone", async (t) => {
  const data = mkdtempSync(join(root, "v-"));
  const started = startVenue(t, data, await freePorts(2));
  await whenUp(started);
  const [first] = await pidsOf(data);
  const control = new ControlClient(data);
  assert.equal(statSync(controlSocketPath(data)).mode & 0o777, 0o600);

  assert.ok((await control.act("p2", "drain")).ok);
  const drained = await control.processes();
  assert.ok(drained.ok);
  assert.deepEqual(
    drained.body.processes.map((one) => one.state),
    ["ready", "draining"],
  );
  assert.ok((await control.act("p2", "undrain")).ok);

  assert.ok((await control.act("p1", "kill")).ok);
  await until("p1 is another process", async () => {
    const [now] = await pidsOf(data);
    return now === first ? null : true;
  });

  const unknown = await control.act("p9", "kill");
  assert.ok(!unknown.ok);
  assert.equal(unknown.code, "unknown-process");
  assert.match(unknown.detail, /there are p1, p2/);

  assert.ok((await control.stop()).ok);
  await once(started.process, "exit");
  assert.equal(existsSync(join(data, "run", "supervisor.lock")), false);
  const afterwards = await control.processes();
  assert.ok(!afterwards.ok);
  assert.equal(afterwards.code, "not-running");
  assert.match(afterwards.detail, /npm start/);
});

test("children end when their supervisor is killed, and the next start is not hindered", async (t) => {
  const data = mkdtempSync(join(root, "v-"));
  const ports = await freePorts(2);
  const started = startVenue(t, data, ports);
  await whenUp(started);
  const pids = await pidsOf(data);
  started.process.kill("SIGKILL");
  await until("both children are gone", () => (pids.every(isGone) ? true : null));

  assert.ok(existsSync(join(data, "run", "supervisor.lock")), "the lock was left behind");
  assert.ok(existsSync(controlSocketPath(data)), "the socket was left behind");
  const again = startVenue(t, data, ports);
  await whenUp(again);
  assert.equal((await pidsOf(data)).length, 2);
});

test("a start right after a kill ends what the killed supervisor left running", async (t) => {
  const data = mkdtempSync(join(root, "v-"));
  mkdirSync(join(data, "run"));
  const sleeper = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  t.after(() => [sleeper, other].map((one) => one.kill("SIGKILL")));
  const stat = readFileSync(`/proc/${sleeper.pid}/stat`, "utf8");
  const startTicks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]!;
  const note = [
    { pid: sleeper.pid, startTicks },
    { pid: other.pid, startTicks: "1" },
  ];
  writeFileSync(join(data, "run", "processes.json"), JSON.stringify(note));
  const started = startVenue(t, data, await freePorts(1));
  await until("the leftover is ended", () => sleeper.signalCode);
  await whenUp(started);
  assert.equal(sleeper.signalCode, "SIGKILL");
  assert.equal(other.signalCode, null, "a stranger with a used-again id was ended");
});

test("a second start on the same data folder is refused and names the first", async (t) => {
  const data = mkdtempSync(join(root, "v-"));
  const first = startVenue(t, data, []);
  await whenUp(first);
  const second = startVenue(t, data, []);
  const code = await until("the second ends", () => second.process.exitCode);
  assert.equal(code, 1);
  assert.match(second.output(), new RegExp(`held by ${first.process.pid}`));
});

test("a lock whose holder's id went to another process is stale", () => {
  const path = join(mkdtempSync(join(root, "v-")), "run.lock");
  writeFileSync(path, JSON.stringify({ pid: process.pid, startTicks: "1" }));
  const lock = takeRunLock(path);
  assert.ok(lock.held);
  assert.equal(takeRunLock(path).held, false);
  lock.release();
  assert.equal(existsSync(path), false);
});

test("a torn lock is stale", () => {
  const path = join(mkdtempSync(join(root, "v-")), "run.lock");
  writeFileSync(path, "{");
  assert.ok(takeRunLock(path).held);
});

test("a data folder with a long path still gets a socket", async (t) => {
  const data = join(mkdtempSync(join(root, "v-")), "x".repeat(90));
  mkdirSync(data);
  const started = startVenue(t, data, []);
  await whenUp(started);
  const reply = await new ControlClient(data).processes();
  assert.ok(reply.ok);
  assert.equal(reply.body.venue.data, data);
  t.after(() => rmSync(join(controlSocketPath(data), ".."), { recursive: true, force: true }));
});

test("free ports are free, apart from each other, and outside of what systems hand out", async () => {
  const ports = await freePorts(20);
  assert.equal(new Set(ports).size, 20);
  for (const port of ports) {
    assert.ok(port >= 20_000 && port < 32_000);
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    server.close();
  }
});
