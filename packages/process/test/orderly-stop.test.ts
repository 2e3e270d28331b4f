import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

interface Running {
  readonly child: ChildProcess;
  readonly text: () => string;
  readonly exit: Promise<number | null>;
}

async function start(t: TestContext, ...args: string[]): Promise<Running> {
  const child = fork(join(import.meta.dirname, "stopper.ts"), args, {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  t.after(() => child.kill("SIGKILL"));
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const exit = once(child, "close").then(([code]) => code as number | null);
  await until(() => text.includes('"up"'));
  return { child, text: () => text, exit };
}

async function until(condition: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + 30_000;
  while (!condition()) {
    assert.ok(performance.now() < deadlineMs, "waited 30 s");
    await delay(5);
  }
}

test("SIGTERM and SIGINT run the handler once and exit with 0, log lines in order", async (t) => {
  const stopWith = async (signal: "SIGTERM" | "SIGINT"): Promise<void> => {
    const { child, exit, text } = await start(t, "quick");
    child.kill(signal);
    assert.equal(await exit, 0);
    const messages = text()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).msg);
    assert.deepEqual(messages, ["up", "stopping", "handler", "stopped"]);
    assert.ok(text().includes(`"reason":"${signal}"`));
  };
  await Promise.all([stopWith("SIGTERM"), stopWith("SIGINT")]);
});

test("a second signal ends a stop that takes too long for its operator", async (t) => {
  const { child, exit, text } = await start(t, "stuck");
  child.kill("SIGINT");
  await until(() => text().includes('"handler"'));
  child.kill("SIGINT");
  assert.equal(await exit, 1);
});

test("a stop that outlives its deadline, or fails, exits with 1 and says so", async (t) => {
  const [stuck, failing] = await Promise.all([start(t, "stuck", "50"), start(t, "failing")]);
  stuck.child.kill("SIGTERM");
  assert.equal(await stuck.exit, 1);
  failing.child.kill("SIGTERM");
  assert.equal(await failing.exit, 1);
  assert.match(failing.text(), /could not stop/);
});

test("kill -9 of the parent stops the child in order: no orphan stays", async (t) => {
  const parent = fork(join(import.meta.dirname, "parent.ts"));
  t.after(() => parent.kill("SIGKILL"));
  const [{ pid }] = (await once(parent, "message")) as [{ pid: number }];
  t.after(() => {
    if (isAlive(pid)) process.kill(pid, "SIGKILL");
  });
  assert.ok(isAlive(pid));
  parent.kill("SIGKILL");
  await until(() => !isAlive(pid));
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
