import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, type TestContext } from "node:test";
import { promisify } from "node:util";
import { sampleOrder } from "../src/up/sample-order.ts";
import { halcyon, type Running, startHalcyon, until } from "./fixtures/run.ts";

const root = mkdtempSync(join(tmpdir(), "halcyon-up-"));
after(() => rmSync(root, { recursive: true }));
const newFolder = () => join(mkdtempSync(join(root, "v-")), "data");
const notesOf = (data: string) => readFileSync(join(data, "notes"), "utf8").trim().split("\n");

function up(t: TestContext, data: string, ...flags: readonly string[]): Running {
  const running = startHalcyon(["up", "--port", "0", "--data", data, ...flags]);
  t.after(() => running.child.kill("SIGKILL"));
  return running;
}

async function whenReady(running: Running): Promise<Running> {
  const ended = running.ended.then(({ code, stderr }) => {
    throw new Error(`ended with ${code}: ${stderr}`);
  });
  const ready = until("ready", () => (/^ready|"ready"/m.test(running.stdout()) ? true : null));
  await Promise.race([ready, ended]);
  ended.catch(() => {});
  return running;
}

test("up makes the venue, says ready, and Ctrl-C stops all in order", async (t) => {
  const data = newFolder();
  const running = await whenReady(up(t, data));
  const text = running.stdout();
  assert.match(text, /regions eu, us, ap/);
  assert.match(text, /URL +http:\/\/127\.0\.0\.1:\d+/);
  assert.match(text, /admin token +hal_admin_[\w-]{43}/);
  assert.match(text, /sign in +trader +(\w{4}-){3}\w{4}\n +admin +(\w{4}-){3}\w{4}\n/);
  assert.match(text, /API key [A-Za-z0-9]{64}/);
  assert.match(text, /ready after [\d.]+ s/);
  assert.equal(text.includes("\u001b"), false, "colours in a file");
  assert.equal(notesOf(data)[0], "genesis");

  // A terminal sends Ctrl-C to the whole process group, and npm sends it once more.
  process.kill(-running.child.pid!, "SIGINT");
  running.child.kill("SIGINT");
  const { code } = await running.ended;
  assert.equal(code, 0);
  const stops = notesOf(data).filter((line) => line.startsWith("stop "));
  assert.deepEqual(stops.slice(0, 2), ["stop demo", "stop edge"]);
  assert.deepEqual(stops.slice(2, 5).sort(), ["stop ap-1", "stop eu-1", "stop us-1"]);
  assert.deepEqual(stops.slice(5), ["stop follower"]);
});

test("Ctrl-C before it is ready stops in order too", async (t) => {
  const data = newFolder();
  const running = up(t, data);
  await until("the banner", () => (/A trade to paste/.test(running.stdout()) ? true : null));
  running.child.kill("SIGINT");
  const { code, stdout, stderr } = await running.ended;
  assert.equal(code, 0, stderr);
  assert.match(stdout, /stopped\n$/);
  assert.equal(existsSync(join(data, "run", "supervisor.lock")), false);
});

test("the sample order fits the limits of any market", () => {
  const market = {
    symbol: "AB",
    base: "A",
    quote: "B",
    tickSize: "0.5",
    lotSize: "2",
    minPrice: "10",
    maxPrice: "20",
    minQuantity: "4",
    maxQuantity: "8",
    minNotional: "0",
    makerFee: "0",
    takerFee: "0",
    maxOpenOrders: 1,
  };
  const assets = [
    { code: "A", decimals: 0 },
    { code: "B", decimals: 1 },
  ];
  const order = (changes: object) =>
    sampleOrder({ markets: [{ ...market, ...changes }], assets }, "LIMIT");
  assert.match(order({})!, /quantity=4&price=10$/);
  assert.match(order({ maxPrice: "1050" })!, /price=10.5$/);
  assert.match(order({ minNotional: "4.1" })!, /quantity=6&price=10$/);
  assert.match(order({ minNotional: "500" })!, /quantity=8&price=10$/);
  assert.equal(sampleOrder({ markets: [], assets }, "LIMIT"), null);
});

test("the printed trade works as pasted", async (t) => {
  const running = await whenReady(up(t, newFolder()));
  const command = /A trade to paste:\s+(q=.*)/.exec(running.stdout())?.[1];
  assert.ok(command !== undefined);
  const { stdout } = await promisify(execFile)("bash", ["-c", command]);
  assert.match(stdout, /"accepted":"\/api\/v3\/order\?symbol=BTCUSDT&side=BUY&type=MARKET/);
});

test("secrets are in files of mode 600, and in no argument or log", async (t) => {
  const data = newFolder();
  const running = await whenReady(up(t, data, "--json"));
  const ready = JSON.parse(running.stdout().trim().split("\n").at(-1)!) as {
    credentials: {
      administrator: { token: string };
      demoTrader: { secret: string };
      people: { password: string }[];
    };
  };
  const { administrator, demoTrader, people } = ready.credentials;
  const secrets = [administrator.token, demoTrader.secret, ...people.map((one) => one.password)];
  for (const folder of ["run", "logs", "secrets"]) {
    assert.equal(statSync(join(data, folder)).mode & 0o777, 0o700);
    for (const name of readdirSync(join(data, folder))) {
      const path = join(data, folder, name);
      assert.equal(statSync(path).mode & 0o777, 0o600, path);
      if (statSync(path).isFile()) {
        const content = readFileSync(path);
        for (const secret of secrets) assert.equal(content.includes(secret), false, path);
      }
    }
  }
  const { stdout } = await halcyon("status", "--json", "--data", data);
  for (const { pid } of (JSON.parse(stdout) as { processes: { pid: number }[] }).processes) {
    const args = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    assert.doesNotMatch(args, /hal_admin_|[A-Za-z0-9]{64}/);
  }
});

test("demo traders run at the first start and when asked for, not at later starts", async (t) => {
  const data = newFolder();
  for (const [flags, expected] of [
    [[], true],
    [[], false],
    [["--demo"], true],
    [["--no-demo"], false],
  ] as const) {
    const running = await whenReady(up(t, data, ...flags));
    const { stdout } = await halcyon("status", "--json", "--data", data);
    const status = JSON.parse(stdout) as {
      venue: { demo: boolean };
      processes: { name: string }[];
    };
    assert.equal(status.venue.demo, expected, `with "${flags.join()}"`);
    assert.equal(
      status.processes.some((one) => one.name === "demo"),
      expected,
    );
    running.child.kill("SIGTERM");
    await running.ended;
  }
});

test("a venue of real regions has no demo trader, and refuses demo traders", async (t) => {
  const data = newFolder();
  const config = join(root, "real.yaml");
  writeFileSync(config, "regions: [{ name: london, nodes: 2 }]\n");
  const running = await whenReady(up(t, data, "--config", config));
  assert.doesNotMatch(running.stdout(), /demo/);
  const { stdout } = await halcyon("status", "--data", data);
  assert.match(stdout, /london-2 +node +london +ready/);

  const refused = await halcyon("up", "--config", config, "--demo", "--data", newFolder());
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /--demo: demo demo traders run only where topology is demo/);
});

test("a wrong configuration is refused before anything is made", async () => {
  const data = newFolder();
  const config = join(root, "wrong.yaml");
  writeFileSync(config, "edge:\n  prot: 1\n");
  const refused = await halcyon("up", "--config", config, "--data", data, "--port", "70000");
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /wrong\.yaml:2:3: edge\.prot .*did you mean port/);
  assert.match(refused.stderr, /--port 70000: edge\.port must be a whole number/);
  assert.equal(existsSync(data), false);
  const badSet = await halcyon("up", "--set", "nothing");
  assert.match(badSet.stderr, /not PATH=VALUE/);
});

test("a second up on the same folder is refused and names the first", async (t) => {
  const data = newFolder();
  const running = await whenReady(up(t, data));
  const second = await halcyon("up", "--port", "0", "--data", data);
  assert.equal(second.code, 1);
  assert.match(second.stderr, new RegExp(`Already running: Process ${running.child.pid} `));
});

test("after kill -9 of the supervisor the next start has the same credentials", async (t) => {
  const data = newFolder();
  const first = await whenReady(up(t, data));
  const before = readFileSync(join(data, "credentials.json"), "utf8");
  first.child.kill("SIGKILL");
  await first.ended;
  const second = await whenReady(up(t, data));
  assert.equal(readFileSync(join(data, "credentials.json"), "utf8"), before);
  second.child.kill("SIGINT");
  assert.equal((await second.ended).code, 0);
});

test("a folder with somebody else's files is refused", async () => {
  const folder = mkdtempSync(join(root, "foreign-"));
  writeFileSync(join(folder, "letter.txt"), "");
  const refused = await halcyon("up", "--port", "0", "--data", folder);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /neither empty nor a venue's data folder/);
  assert.deepEqual(readdirSync(folder), ["letter.txt"]);
});
