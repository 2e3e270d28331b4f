import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { type Ended, halcyon, type Running, startHalcyon, until } from "./fixtures/run.ts";

const root = mkdtempSync(join(tmpdir(), "halcyon-commands-"));
const data = join(root, "data");
let running: Running;

const run = (...args: readonly string[]): Promise<Ended> => halcyon(...args, "--data", data);
type Status = { processes: { name: string; state: string; pid: number }[] };
async function processes(): Promise<Status["processes"]> {
  const { stdout } = await run("status", "--json");
  return (JSON.parse(stdout) as Status).processes;
}

before(async () => {
  running = startHalcyon(["up", "--port", "0", "--data", data]);
  await until("ready", () => (/^ready/m.test(running.stdout()) ? true : null));
});
after(() => {
  running.child.kill("SIGKILL");
  rmSync(root, { recursive: true });
});

test("status lists every process", async () => {
  await until("all ready", async () =>
    (await processes()).every((one) => one.state === "ready") ? true : null,
  );
  const { stdout, code } = await run("status");
  assert.equal(code, 0);
  assert.match(stdout, /^http:\/\/127\.0\.0\.1:\d+ {2}demo topology/);
  for (const name of ["follower", "eu-1", "us-1", "ap-1", "edge", "demo"]) {
    assert.match(stdout, new RegExp(`^${name} +\\w+ +\\S+ +ready +\\d+ +0 `, "m"));
  }
});

test("drain, undrain and kill act on one process", async () => {
  const drained = await run("drain", "us-1");
  assert.equal(drained.code, 0, drained.stderr);
  const stateOf = async (name: string) => (await processes()).find((one) => one.name === name)!;
  assert.equal((await stateOf("us-1")).state, "draining");
  assert.equal((await run("undrain", "us-1")).code, 0);
  const { pid } = await stateOf("us-1");
  assert.deepEqual(JSON.parse((await run("kill", "us-1", "--json")).stdout), {
    name: "us-1",
    done: "kill",
  });
  await until("another process", async () => ((await stateOf("us-1")).pid !== pid ? true : null));
});

test("an unknown process is refused with the known ones", async () => {
  const refused = await run("kill", "mars-1");
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /Not done: There is no process mars-1; there are follower, eu-1/);
});

test("lists follow their pages", async () => {
  const { stdout } = await run("market", "list", "--json");
  const { markets } = JSON.parse(stdout) as { markets: { symbol: string }[] };
  assert.deepEqual(
    markets.map((market) => market.symbol),
    ["BTCUSDT", "ETHUSDT"],
  );
});

test("commands send what was typed", async () => {
  const { stdout } = await run(
    ..."market create SOLUSDT --base SOL --quote USDT --tick-size 0.01 --lot-size 0.1 --json".split(
      " ",
    ),
  );
  const sent = JSON.parse(stdout) as Record<string, unknown>;
  assert.equal(sent["path"], "/admin/v1/markets");
  assert.equal(sent["minPrice"], "0.01");
  assert.equal(sent["maxMarketQuantity"], "9000");
  const key = await run(
    "key",
    "create",
    "2",
    "--permissions",
    "read, trade",
    "--allow",
    "::1",
    "--json",
  );
  const { permissions, allowedAddresses } = JSON.parse(key.stdout) as Record<string, unknown>;
  assert.deepEqual(permissions, ["read", "trade"]);
  assert.deepEqual(allowedAddresses, ["::1"]);
  const revoked = await run("key", "revoke", "a/../b", "--json");
  assert.equal(
    (JSON.parse(revoked.stdout) as Record<string, unknown>)["path"],
    "/admin/v1/keys/a%2F..%2Fb",
  );
});

test("a person is added with a role, and a trader only with an account", async () => {
  const without = await run("person", "add", "bob");
  assert.equal(without.code, 2);
  assert.match(without.stderr, /needs --account ID/);
  const added = await run("person", "add", "bob", "--account", "2", "--json");
  const sent = JSON.parse(added.stdout) as object;
  const expected = { path: "/admin/v1/people", role: "trader", account: 2 };
  assert.partialDeepStrictEqual(sent, expected);
  const removed = await run("person", "sign-out", "a/b", "--json");
  const { path } = JSON.parse(removed.stdout) as Record<string, unknown>;
  assert.equal(path, "/admin/v1/people/a%2Fb/sessions");
});

test("a problem of the admin API is told with its title, detail and fields", async () => {
  const refused = await run("deposit", "2", "USDT", "1e9");
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /The request does not fit its schema: One part .*\n {2}amount must be a decimal number/,
  );
  const asJson = await run("deposit", "2", "USDT", "1e9", "--json");
  const { error } = JSON.parse(asJson.stderr) as { error: { title: string } };
  assert.equal(error.title, "The request does not fit its schema");
});

test("a ledger that does not balance makes status --audit fail", async () => {
  const audit = await run("status", "--audit");
  assert.equal(audit.code, 1);
  assert.match(
    audit.stdout,
    /does not balance at position 7[\s\S]*BTC +1\.0 +0\.9 +0\.0 +0\.0 +0\.0 +NO/,
  );
  assert.match(audit.stderr, /Halt the markets/);
});

test("a public key that cannot be read is refused", async () => {
  const flags = ["--kind", "ed25519"];
  const none = await run("key", "create", "2", ...flags);
  assert.equal(none.code, 2);
  assert.match(none.stderr, /needs --public-key FILE/);
  const lost = await run("key", "create", "2", ...flags, "--public-key", join(root, "none.pem"));
  assert.match(lost.stderr, /cannot be read \(ENOENT\)/);
});

test("stop waits until everything has stopped; afterwards commands say that nothing runs", async () => {
  const stopped = await run("stop");
  assert.equal(stopped.code, 0, stopped.stderr);
  assert.equal((await running.ended).code, 0);
  for (const args of [["status"], ["stop"], ["drain", "eu-1"], ["market", "list"]]) {
    const refused = await run(...args);
    assert.equal(refused.code, 3, args.join(" "));
    assert.match(refused.stderr, /^Not running: .*npm start/);
  }
  const elsewhere = await halcyon("account", "list", "--data", join(root, "none"));
  assert.equal(elsewhere.code, 3);
  assert.match(elsewhere.stderr, /No venue was started on/);
});
