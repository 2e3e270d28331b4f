/** Three zones on this machine, started as an operator would, and the short drills under load. */
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

const program = join(import.meta.dirname, "../../packages/cli/src/main.ts");
const needed = ["etcd", "haproxy", "ip", "iptables", "setpriv"];
const timeoutMs = 170_000;
const outputBytesMax = 16 * 1024 * 1024;

/** A network of its own, beside a cluster that may run here. */
const settings = [
  "cluster.name=hctest",
  "zones[0].address=10.74.0.11",
  "zones[1].address=10.74.0.12",
  "zones[2].address=10.74.0.13",
  "snapshots.marginPositions=1000000000",
  "demo=false",
];

const missing = whatIsMissing();
const skip = missing === null ? false : missing;
let data = "";

function whatIsMissing(): string | null {
  const programs = needed.filter((name) => spawnSync("which", [name]).status !== 0);
  const isRoot = process.getuid?.() === 0;
  if (programs.length === 0 && isRoot) return null;
  const words = `a cluster needs root and ${needed.join(", ")}; missing: ${programs.join(", ") || "root"}`;
  assert.equal(process.env["CI"] ?? "", "", words);
  return words;
}

const run = promisify(execFile);

/** Resolves with what was printed, whatever the exit code. */
async function halcyon(...args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const flags = ["--data", data, ...settings.flatMap((set) => ["--set", set])];
  const command = [program, ...args, ...flags];
  const options = { maxBuffer: outputBytesMax, timeout: timeoutMs };
  return run(process.execPath, command, options).catch((error: unknown) => {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    return { stdout, stderr: `${stderr}${String(error)}` };
  });
}

before(async () => {
  if (missing !== null) return;
  data = await mkdtemp(join(tmpdir(), "halcyon-cluster-"));
});

after(async () => {
  if (missing !== null) return;
  await halcyon("cluster", "down");
  await rm(data, { recursive: true, force: true });
});

test("three zones come up, and say what runs in them", { skip }, async () => {
  const up = await halcyon("cluster", "up", "--json");
  assert.match(up.stdout, /"event":"ready"/, up.stderr);
  const { zones } = JSON.parse((await halcyon("cluster", "status", "--json")).stdout) as {
    zones: { zone: string; processes: { role: string; state: string }[] }[];
  };
  assert.deepEqual(
    zones.map(({ zone }) => zone),
    ["a", "b", "c"],
  );
  for (const { processes } of zones) {
    const roles = processes.map(({ role }) => role);
    for (const role of ["etcd", "follower", "node"]) assert.ok(roles.includes(role), role);
  }
  const { urls } = JSON.parse(up.stdout) as { urls: string[] };
  for (const url of urls) {
    const page = await fetch(`${url}/trade/BTC-USDT`, { headers: { accept: "text/html" } });
    assert.match(await page.text(), /<div id="page">/, `${url} serves the page for browsers`);
  }
});

for (const name of ["node-kill", "log-leader-kill", "zone-dark"]) {
  test(`${name}: nothing is lost, doubled or wrong, and no request fails`, { skip }, async (t) => {
    const { stdout, stderr } = await halcyon("drill", name, "--rate", "50", "--json");
    const line = stdout.split("\n").find((one) => one.includes(`"drill":"${name}"`));
    assert.ok(line !== undefined, stderr);
    const report = JSON.parse(line) as Record<string, unknown>;
    t.diagnostic(line);
    const { lost, doubled, reordered, wrongAnswers, failedRequests, hashesEqual } = report;
    assert.deepEqual(
      { lost, doubled, reordered, wrongAnswers, failedRequests, hashesEqual },
      { lost: 0, doubled: 0, reordered: 0, wrongAnswers: 0, failedRequests: 0, hashesEqual: true },
      line,
    );
    assert.ok(Number(report["acknowledged"]) > 0, line);
  });
}
