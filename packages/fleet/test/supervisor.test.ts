import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, type TestContext } from "node:test";
import { createLogger } from "@halcyon/process";
import { freePorts, type ProcessSpec, type RestartPolicy, Supervisor } from "../src/index.ts";
import { until } from "./fixtures/until.ts";

const root = mkdtempSync(join(tmpdir(), "halcyon-supervisor-"));
after(() => rmSync(root, { recursive: true }));
const silent = createLogger({ process: "test", destination: { write: () => {} } });
const child = join(import.meta.dirname, "fixtures", "child.ts");

type Venue = { supervisor: Supervisor; notes: () => string[]; folder: string };

async function venue(
  t: TestContext,
  processes: readonly {
    manner?: string;
    stopStage?: number;
    environment?: Record<string, string>;
  }[],
  options: { restartPolicy?: RestartPolicy; stopTimeoutMs?: number } = {},
): Promise<Venue> {
  const folder = mkdtempSync(join(root, "v-"));
  const notes = join(folder, "notes");
  const ports = await freePorts(processes.length);
  const specs = processes.map(({ manner, stopStage = 0, environment }, index): ProcessSpec => {
    const port = ports[index]!;
    return {
      name: `p${index + 1}`,
      role: "node",
      region: "eu",
      entry: child,
      args: [String(port), notes, ...(manner === undefined ? [] : [manner])],
      runtime: "node",
      ...(environment && { environment }),
      health: { host: "127.0.0.1", port },
      stopStage,
    };
  });
  const supervisor = new Supervisor({
    runFolder: folder,
    logFolder: join(folder, "logs"),
    specs,
    logger: silent,
    ...options,
  });
  t.after(() => supervisor.stop());
  await supervisor.start();
  const lines = () => (existsSync(notes) ? readFileSync(notes, "utf8").trim().split("\n") : []);
  return { supervisor, notes: lines, folder };
}

function whenReady({ supervisor }: Venue) {
  return until("every process is ready", async () => {
    const list = await supervisor.list();
    return list.every((one) => one.state === "ready") ? list : null;
  });
}

test("a process that is killed is started again at once", async (t) => {
  // Only an immediate restart comes within this test's time.
  const restartPolicy = { stableAfterMs: 60_000, delayMsFirst: 60_000, delayMsMax: 60_000 };
  const running = await venue(t, [{}], { restartPolicy });
  const [before] = await whenReady(running);
  const killedMs = performance.now();
  process.kill(before!.pid!, "SIGKILL");
  const [now] = await until("another process took its place", async () => {
    const list = await running.supervisor.list();
    return list[0]!.pid !== null && list[0]!.pid !== before!.pid ? list : null;
  });
  const tookMs = performance.now() - killedMs;
  assert.ok(tookMs < 2_000, `took ${tookMs} ms`);
  assert.equal(now!.restarts, 1);
  assert.equal(now!.lastExit?.signal, "SIGKILL");
  await whenReady(running);
});

test("processes get huge pages behind their memory, unless the operator set otherwise, and an environment of their own", async (t) => {
  const before = process.env["GLIBC_TUNABLES"];
  t.after(() => {
    if (before === undefined) delete process.env["GLIBC_TUNABLES"];
    else process.env["GLIBC_TUNABLES"] = before;
  });
  const environmentOf = async (environment?: Record<string, string>) => {
    const [only] = await whenReady(await venue(t, [{ ...(environment && { environment }) }]));
    return readFileSync(`/proc/${only!.pid}/environ`, "utf8").split("\0");
  };
  delete process.env["GLIBC_TUNABLES"];
  const usual = await environmentOf({ GOMAXPROCS: "1" });
  assert.ok(usual.includes("GLIBC_TUNABLES=glibc.malloc.hugetlb=1"), usual.join(" "));
  assert.ok(usual.includes("GOMAXPROCS=1"), usual.join(" "));
  process.env["GLIBC_TUNABLES"] = "glibc.malloc.hugetlb=0";
  const operators = await environmentOf();
  assert.ok(operators.includes("GLIBC_TUNABLES=glibc.malloc.hugetlb=0"), operators.join(" "));
});

test("a process that keeps dying is started less and less often", async (t) => {
  const restartPolicy = { stableAfterMs: 60_000, delayMsFirst: 200, delayMsMax: 400 };
  const running = await venue(t, [{ manner: "crash" }], { restartPolicy });
  const startedMs = performance.now();
  await until("the fourth start", () => (running.notes().length >= 4 ? true : null));
  // At once, after 200 ms, after 400 ms.
  assert.ok(performance.now() - startedMs >= 600);
  const [status] = await running.supervisor.list();
  assert.equal(status!.lastExit?.code, 3);
});

test("stages stop in order, each once the one before has ended", async (t) => {
  const running = await venue(t, [{ stopStage: 2 }, { stopStage: 0 }, { stopStage: 1 }]);
  const list = await whenReady(running);
  await running.supervisor.stop();
  const stops = running.notes().filter((line) => line.startsWith("stop"));
  const ports = [list[1]!, list[2]!, list[0]!].map((one) => String(one.health?.port));
  assert.deepEqual(
    stops.map((line) => line.split(" ")[1]),
    ports,
  );
  assert.deepEqual(
    running.supervisor.counts().map((one) => one.restarts),
    [0, 0, 0],
  );
});

test("a process that does not stop is ended after the deadline", async (t) => {
  const running = await venue(t, [{ manner: "stubborn" }], { stopTimeoutMs: 200 });
  const [status] = await whenReady(running);
  await running.supervisor.stop();
  assert.throws(() => process.kill(status!.pid!, 0), { code: "ESRCH" });
});

test("stopping while a process waits for its restart starts nothing", async (t) => {
  const restartPolicy = { stableAfterMs: 60_000, delayMsFirst: 60_000, delayMsMax: 60_000 };
  const running = await venue(t, [{ manner: "crash" }], { restartPolicy });
  await until("it waits", async () => {
    const [status] = await running.supervisor.list();
    return status!.restarts === 2 && status!.state === "restarting" ? true : null;
  });
  await running.supervisor.stop();
  const [status] = await running.supervisor.list();
  assert.equal(status!.state, "stopped");
});

test("drain and undrain reach the process, and its state says so", async (t) => {
  const running = await venue(t, [{}]);
  await whenReady(running);
  assert.deepEqual(await running.supervisor.drain("p1", "drain"), { ok: true });
  const [status] = await running.supervisor.list();
  assert.equal(status!.state, "draining");
  assert.deepEqual(await running.supervisor.drain("p1", "undrain"), { ok: true });
  await whenReady(running);
});

test("an unknown process is refused with the known names", async (t) => {
  const { supervisor } = await venue(t, [{}, {}]);
  const refused = {
    ok: false,
    code: "unknown-process",
    detail: "There is no process eu-1; there are p1, p2.",
  };
  assert.deepEqual(await supervisor.drain("eu-1", "drain"), refused);
  assert.deepEqual(supervisor.kill("eu-1"), refused);
});

test("what a process prints is in its log", async (t) => {
  const running = await venue(t, [{}]);
  const [status] = await whenReady(running);
  await until("the line is there", () =>
    readFileSync(status!.logFile, "utf8").includes(`listening ${status!.health?.port}`)
      ? true
      : null,
  );
});
