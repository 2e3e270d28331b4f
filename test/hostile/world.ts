import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before } from "node:test";
import { administratorToken } from "../failover/processes.ts";
import {
  type Credentials,
  startVenueProcess,
  type Trader,
  type VenueProcess,
} from "../venue-process.ts";
import { exchangeRaw, type RawAnswer } from "./raw-http.ts";

/** Where hostile clients knock: the edge, and a node behind its back. */
export const doors = ["edge", "node"] as const;
export type Door = (typeof doors)[number];

export const symbol = "BTCUSDT";
/** So short that what trickles is seen to be cut off within the test. */
export const bodyTimeoutMs = 3_000;

export let venue: VenueProcess;
/** Nothing that strangers send may change what this one has. */
export let victim: Trader;
export let stranger: Trader;
export let reader: Trader;
export let revoked: Trader;
export let adminToken: string;

/** What no log file may hold: secrets, tokens, and every signature that was made here. */
export const secrets = new Set<string>();

before(async () => {
  venue = await startVenueProcess({ "limits.bodyTimeoutMs": bodyTimeoutMs });
  adminToken = administratorToken(venue);
  const funds = { BTC: "10", USDT: "1000000" };
  victim = await venue.makeTrader("victim", funds);
  stranger = await venue.makeTrader("stranger", funds);
  reader = await venue.makeTrader("reader", funds, ["read"]);
  revoked = await venue.makeTrader("revoked", funds);
  await venue.admin("DELETE", `/keys/${revoked.apiKey}`);
  for (const { secret } of [victim, stranger, reader, revoked]) secrets.add(secret);
  secrets.add(adminToken);
  const resting = `symbol=${symbol}&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.5&price=20000`;
  const placed = await ask("edge", signed(victim, "POST /api/v3/order", resting));
  assert.equal(placed.status, 200, placed.text);
});
after(() => venue.stop());

export function portOf(door: Door): number {
  return door === "edge" ? venue.edgePort : venue.nodePort;
}

export type Ask = {
  /** Verb and target. */
  readonly line: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent with one byte for each character. */
  readonly body?: string | Buffer;
};

/** The request as bytes, with nothing checked. */
export function requestBytes({ line, headers = {}, body }: Ask): Buffer {
  const bytes = typeof body === "string" ? Buffer.from(body, "latin1") : (body ?? Buffer.alloc(0));
  const length = body === undefined ? {} : { "Content-Length": String(bytes.length) };
  const all = Object.entries({ Host: "venue", ...headers, ...length });
  const head = all.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.concat([Buffer.from(`${line} HTTP/1.1\r\n${head}\r\n`, "latin1"), bytes]);
}

export async function ask(door: Door, request: Ask, from?: string): Promise<RawAnswer> {
  const options = { port: portOf(door), ...(from === undefined ? {} : { from }) };
  const [answer] = await exchangeRaw(requestBytes(request), options);
  assert.ok(answer, `${door} did not answer ${request.line.slice(0, 200)}`);
  return answer;
}

export function sign(secret: string, payload: string): string {
  const signature = createHmac("sha256", secret).update(payload, "latin1").digest("hex");
  secrets.add(signature);
  return signature;
}

/** `parameters` in the query with time and signature, made with `by`'s key; `extra` after the time. */
export function signed(
  by: Credentials,
  line: string,
  parameters = "",
  { timestamp = String(Date.now()), recvWindow = "60000", secret = by.secret } = {},
): Ask {
  const window = recvWindow === "" ? "" : `&recvWindow=${recvWindow}`;
  const query = `${parameters}${parameters === "" ? "" : "&"}timestamp=${timestamp}${window}`;
  const signature = sign(secret, query);
  return {
    line: `${line}?${query}&signature=${signature}`,
    headers: { "X-MBX-APIKEY": by.apiKey },
  };
}

export function adminAsk(line: string, body?: string | Buffer, headers = {}): Ask {
  const json = { Authorization: `Bearer ${adminToken}`, "Content-Type": "application/json" };
  return { line, headers: { ...json, ...headers }, ...(body === undefined ? {} : { body }) };
}

/** An error in the form of the dialect. */
export function assertDialect(answer: RawAnswer, status: number, code: number, what: string): void {
  const shown = `${what}: ${answer.status} ${answer.text.slice(0, 200)}`;
  assert.equal(answer.status, status, shown);
  assert.match(answer.headers.get("content-type") ?? "none", /^application\/json/, shown);
  const body = JSON.parse(answer.text) as { code?: unknown; msg?: unknown };
  assert.equal(body.code, code, shown);
  assert.ok(typeof body.msg === "string" && body.msg.length > 0, shown);
}

/** An error after RFC 9457. */
export function assertProblem(answer: RawAnswer, status: number, what: string): void {
  const shown = `${what}: ${answer.status} ${answer.text.slice(0, 200)}`;
  assert.equal(answer.status, status, shown);
  assert.equal(answer.headers.get("content-type"), "application/problem+json", shown);
  const body = JSON.parse(answer.text) as Record<string, unknown>;
  assert.equal(body["status"], status, shown);
  for (const name of ["type", "title", "instance"]) assert.equal(typeof body[name], "string", name);
}

/** What must be as it was, whatever is sent by those who may not change it. */
async function state(): Promise<Record<string, unknown>> {
  const read = async (line: string, parameters = ""): Promise<unknown> => {
    const answer = await ask("edge", signed(victim, line, parameters));
    assert.equal(answer.status, 200, answer.text);
    return JSON.parse(answer.text);
  };
  const list = (path: string) => venue.admin("GET", `${path}?limit=1000`);
  const { accounts } = (await list("/accounts")) as { accounts: { id: number; label: string }[] };
  const audit = (await venue.admin("GET", "/audit")) as {
    balanced: boolean;
    assets: { asset: string; entered: string; balanced: boolean }[];
  };
  assert.equal(audit.balanced, true);
  return {
    // Of the account only what is its own: the time in it is that of the log's last entry.
    balances: ((await read("GET /api/v3/account")) as { balances: unknown }).balances,
    openOrders: await read("GET /api/v3/openOrders"),
    allOrders: await read("GET /api/v3/allOrders", `symbol=${symbol}`),
    entered: audit.assets.map(({ asset, entered }) => `${entered} ${asset}`),
    assets: await list("/assets"),
    markets: await list("/markets"),
    administrators: await list("/administrators"),
    keys: await list(`/accounts/${victim.account}/keys`),
    accounts: accounts.map(({ id, label }) => [id, label]),
  };
}

/** Runs the attack and fails if anything is different afterwards. */
export async function changesNothing(attack: () => Promise<void>): Promise<void> {
  const earlier = await state();
  await attack();
  assert.deepEqual(await state(), earlier);
}
