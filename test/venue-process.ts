import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("../packages/cli/src/main.ts", import.meta.url));
const nodes = ["eu-1", "us-1", "ap-1"] as const;
const startTimeoutMs = 60_000;
const overloadedMsMax = 10_000;

export type Credentials = { readonly apiKey: string; readonly secret: string };
export type Permission = "read" | "trade" | "withdraw";
export type Trader = Credentials & { readonly account: number };

/** A running venue, and what its administrator may do. */
export type VenueProcess = {
  /** Its data folder. */
  readonly data: string;
  /** Of the supervisor. */
  readonly pid: number;
  readonly edgePort: number;
  /** HTTP port of the first region's node. */
  readonly nodePort: number;
  /** Where the process of this name listens for clients. */
  port(process: string): number;
  /** Calls the admin API; throws with the problem's text unless it succeeds. */
  admin(verb: string, path: string, body?: object): Promise<Record<string, unknown>>;
  /** A new account with this money and a key that may do all of this. */
  makeTrader(
    label: string,
    amounts: Readonly<Record<string, string>>,
    permissions?: readonly Permission[],
  ): Promise<Trader>;
  /** Somebody who can sign in; a trader has this account. */
  makePerson(name: string, account?: number): Promise<Person>;
  stop(): Promise<void>;
};

export type Person = { readonly name: string; readonly password: string };

type Settings = Readonly<Record<string, string | number>>;

/** A venue as `npm start` runs it: three regions, edge, follower; no demo traders. `settings` are those of --set. */
export async function startVenueProcess(settings: Settings = {}): Promise<VenueProcess> {
  const folder = mkdtempSync(join(tmpdir(), "halcyon-venue-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const venue = await startVenueOn(join(folder, "venue"), settings);
    return { ...venue, stop: () => venue.stop().then(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The same on a data folder of the caller's, which stays. */
export async function startVenueOn(data: string, settings: Settings = {}): Promise<VenueProcess> {
  const sets = Object.entries(settings).flatMap(([path, value]) => ["--set", `${path}=${value}`]);
  const args = [cli, "up", "--data", data, "--port", "0", "--no-demo", ...sets];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  // A test that is cut off, at its time limit or by Ctrl-C, leaves no venue behind.
  const abandon = () => child.kill("SIGTERM");
  process.once("exit", abandon);
  const stop = async () => {
    await ended(child);
    process.off("exit", abandon);
  };
  try {
    await untilReady(child);
    const read = (file: string) => JSON.parse(readFileSync(join(data, file), "utf8"));
    const port = (process: string) => read(`run/${process}.json`).listen.port as number;
    // `ready` means that a trade would succeed: one node may do for that. Here all three shall.
    for (const node of nodes) await untilServing(port(node));
    const edgePort = port("edge");
    const token = read("credentials.json").administrator.token as string;
    const admin = adminClient(edgePort, token, () => nodes.map(port));
    const makeTrader = traderMaker(admin);
    const makePerson = personMaker(admin);
    const nodePort = port(nodes[0]);
    const { pid = 0 } = child;
    return { data, pid, edgePort, nodePort, port, admin, makeTrader, makePerson, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await exit;
}

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = "";
    const timer = setTimeout(
      () => reject(new Error(`the venue was not ready in time:\n${text}`)),
      startTimeoutMs,
    );
    const hear = (chunk: Buffer) => {
      text += String(chunk);
      if (!/^ready/m.test(text)) return;
      clearTimeout(timer);
      text = "";
      resolve();
    };
    child.stdout!.on("data", hear);
    child.stderr!.on("data", hear);
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`the venue ended with ${code} before it was ready:\n${text}`));
    });
  });
}

async function untilServing(port: number): Promise<void> {
  const deadline = performance.now() + startTimeoutMs;
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/api/v3/ping`).catch(() => null);
    if (response?.ok) return;
    if (performance.now() > deadline) throw new Error(`the node on port ${port} does not serve`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** "Overloaded" says that nothing was done: the machine is busy, which is no matter of whoever asks. */
async function askAgainWhileOverloaded(
  ask: () => Promise<Response>,
): Promise<{ response: Response; answer: Record<string, unknown> }> {
  const deadline = performance.now() + overloadedMsMax;
  for (;;) {
    const response = await ask();
    const answer = (await response.json()) as Record<string, unknown>;
    const isOverloaded = answer["type"] === "urn:problem-type:halcyon:overloaded";
    if (!isOverloaded || performance.now() > deadline) return { response, answer };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A change is there on every node, also for who asks one directly, when the call returns. */
function adminClient(
  edgePort: number,
  token: string,
  nodePorts: () => number[],
): VenueProcess["admin"] {
  return async (verb, path, body) => {
    const { response, answer } = await askAgainWhileOverloaded(() =>
      fetch(`http://127.0.0.1:${edgePort}/admin/v1${path}`, {
        method: verb,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    if (!response.ok) throw new Error(`${verb} ${path}: ${JSON.stringify(answer)}`);
    const position = response.headers.get("halcyon-position");
    if (verb !== "GET" && position !== null) {
      const headers = { "halcyon-position": position };
      // A node that a test has killed meanwhile catches up before it serves.
      const ask = (port: number) =>
        fetch(`http://127.0.0.1:${port}/api/v3/ping`, { headers }).catch(() => null);
      await Promise.all(nodePorts().map(ask));
    }
    return answer;
  };
}

function traderMaker(admin: VenueProcess["admin"]): VenueProcess["makeTrader"] {
  return async (label, amounts, permissions = ["read", "trade"]) => {
    const { id } = await admin("POST", "/accounts", { label });
    const account = Number(id);
    for (const [asset, amount] of Object.entries(amounts)) {
      await admin("POST", "/deposits", { account, asset, amount });
    }
    const body = { kind: "hmac-sha256", permissions, label };
    const key = await admin("POST", `/accounts/${account}/keys`, body);
    return { account, apiKey: String(key["name"] ?? key["apiKey"]), secret: String(key["secret"]) };
  };
}

function personMaker(admin: VenueProcess["admin"]): VenueProcess["makePerson"] {
  return async (name, account) => {
    const body =
      account === undefined ? { name, role: "administrator" } : { name, role: "trader", account };
    const { password } = await admin("POST", "/people", body);
    return { name, password: String(password) };
  };
}
