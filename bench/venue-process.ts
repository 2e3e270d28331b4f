import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("../packages/cli/src/main.ts", import.meta.url));
const startTimeoutMs = 60_000;

export type VenueProcess = {
  readonly edgePort: number;
  /** HTTP port of the first region's node. */
  readonly nodePort: number;
  readonly apiKey: string;
  readonly secret: string;
  stop(): Promise<void>;
};

/** A venue as `npm start` runs it: three regions, edge, follower; no demo traders, limits out of the way. */
export async function startVenueProcess(): Promise<VenueProcess> {
  const data = mkdtempSync(join(tmpdir(), "halcyon-bench-"));
  const limits = [
    "requestWeightPerMinute",
    "requestsPer5Minutes",
    "ordersPer10Seconds",
    "ordersPerDay",
  ];
  const sets = limits.flatMap((name) => ["--set", `limits.${name}=1000000000`]);
  const args = [cli, "up", "--data", join(data, "venue"), "--port", "0", "--no-demo", ...sets];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  await untilReady(child);
  const read = (file: string) => JSON.parse(readFileSync(join(data, "venue", file), "utf8"));
  const edgePort = read("run/edge.json").listen.port as number;
  // `ready` means that a trade would succeed: one node may do for that. The bench wants all three.
  for (const node of ["eu-1", "us-1", "ap-1"]) {
    await untilServing(read(`run/${node}.json`).listen.port as number);
  }
  const token = read("credentials.json").administrator.token as string;
  return {
    edgePort,
    nodePort: read("run/eu-1.json").listen.port as number,
    ...(await makeTrader(`http://127.0.0.1:${edgePort}/admin/v1`, token)),
    stop: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
      rmSync(data, { recursive: true, force: true });
    },
  };
}

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error("the venue was not ready in time")),
      startTimeoutMs,
    );
    let text = "";
    child.stdout!.on("data", (chunk: Buffer) => {
      text += String(chunk);
      if (!/^ready/m.test(text)) return;
      clearTimeout(timer);
      resolve();
    });
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

/** An account with plenty of both assets of the first market, and a key that may trade. */
async function makeTrader(
  admin: string,
  token: string,
): Promise<{ apiKey: string; secret: string }> {
  const post = async (path: string, body: object) => {
    const response = await fetch(`${admin}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const account = (await post("/accounts", { label: "bench" }))["id"];
  for (const asset of ["BTC", "USDT"])
    await post("/deposits", { account, asset, amount: "1000000" });
  const key = await post(`/accounts/${account}/keys`, {
    kind: "hmac-sha256",
    permissions: ["read", "trade"],
    label: "bench",
  });
  return { apiKey: String(key["name"] ?? key["apiKey"]), secret: String(key["secret"]) };
}
