import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "@halcyon/sim";
import { adminRequests } from "../fuzz/admin-requests.ts";
import { mutateBytes, mutateFields, mutateText } from "../fuzz/text-mutation.ts";
import type { Trader } from "../venue-process.ts";
import { exchangeRaw } from "./raw-http.ts";
import { RawWebSocket } from "./raw-websocket.ts";
import { requests } from "./requests.ts";
import {
  type Ask,
  adminAsk,
  assertDialect,
  assertProblem,
  type Door,
  doors,
  portOf,
  requestBytes,
  sign,
  signed,
  venue,
} from "./world.ts";

const seed = Number(process.env["HALCYON_SEED"] ?? Date.now() % 2 ** 32);
const counts = { rest: 2_400, admin: 1_000, webSocketApi: 2_000 };
const atOnce = 8;

/** What needs no signature, and takes none. */
const isPublic = /depth|klines|aggTrades|exchangeInfo|ticker|session\.status|trades\.aggregate/;

let trader: Trader;

test(`whatever mutated requests say, they are answered and nothing breaks (HALCYON_SEED=${seed})`, async (t) => {
  t.diagnostic(`HALCYON_SEED=${seed} repeats these requests`);
  await venue.admin("POST", "/assets", { code: "FUZZ", decimals: 8 });
  await venue.admin("POST", "/markets", marketTerms);
  const funds = { FUZZ: "100000", USDT: "1000000" };
  trader = await venue.makeTrader("fuzz", funds, ["read", "trade", "withdraw"]);
  const statuses = new Map<string, number>();
  const count = (what: string, status: number) =>
    statuses.set(`${what} ${status}`, (statuses.get(`${what} ${status}`) ?? 0) + 1);
  await Promise.all(
    Array.from({ length: atOnce }, async (_, worker) => {
      const random = new Random(seed + worker);
      for (let sent = 0; sent < counts.rest / atOnce; sent++) await tryRest(random, count);
      for (let sent = 0; sent < counts.admin / atOnce; sent++) await tryAdmin(random, count);
      await tryWebSocketApi(random, counts.webSocketApi / atOnce, count);
    }),
  );
  const summary = [...statuses].sort(([a], [b]) => a.localeCompare(b));
  t.diagnostic(summary.map(([what, times]) => `${what}: ${times}`).join(", "));
  assert.equal((await venue.admin("GET", "/audit"))["balanced"], true);
});

type Count = (what: string, status: number) => void;

async function tryRest(random: Random, count: Count): Promise<void> {
  const [line, , fields] = random.pick(requests);
  const changed = random.chance(0.9) ? mutateFields(random, fields) : fields;
  const encode = random.chance(0.9) ? encodeURIComponent : (text: string) => text;
  const pairs = Object.entries(changed).map(
    ([name, value]) => `${wellFormed(name, encode)}=${wellFormed(String(value), encode)}`,
  );
  const text = pairs.join("&");
  const mutated = random.chance(0.1) ? mutateText(random, text) : text;
  // Most are signed after they were changed, so that they come as far as the order's own checks.
  const request = isPublic.test(line)
    ? { line: `${line}?${mutated}` }
    : moved(random, signed(trader, line, mutated));
  await send(random, request, "rest", count, (answer, what) => {
    if (answer.status !== 200) assertDialect(answer, answer.status, codeIn(answer.text), what);
  });
}

/** The query as a body, or changed after it was signed. */
function moved(random: Random, request: Ask): Ask {
  const [path = "", query = ""] = request.line.split("?");
  if (random.chance(0.3) && !path.startsWith("GET")) {
    const type = random.pick(["application/json", "application/x-www-form-urlencoded", "x/y", ""]);
    return { line: path, headers: { ...request.headers, "Content-Type": type }, body: query };
  }
  if (random.chance(0.1)) return { ...request, line: `${path}?${mutateText(random, query)}` };
  return request;
}

async function tryAdmin(random: Random, count: Count): Promise<void> {
  const account = trader.account;
  const [line, fields] = random.pick(adminRequests(account, marketTerms));
  const changed = random.chance(0.85) ? mutateFields(random, fields) : fields;
  const json = Buffer.from(JSON.stringify(changed));
  const body = random.chance(0.2) ? mutateBytes(random, json) : json;
  const at = line.indexOf("/v1/") + 4;
  const target = random.chance(0.1)
    ? line.slice(0, at) + wellFormed(mutateText(random, line.slice(at)), encodeURI)
    : line;
  const request = line.startsWith("GET") ? adminAsk(target) : adminAsk(target, body);
  await send(random, request, "admin", count, (answer, what) => {
    if (answer.status >= 300) assertProblem(answer, answer.status, what);
  });
}

async function send(
  random: Random,
  request: Ask,
  kind: string,
  count: Count,
  check: (
    answer: { status: number; headers: ReadonlyMap<string, string>; text: string },
    what: string,
  ) => void,
): Promise<void> {
  const whole = requestBytes(request);
  // Bytes that are no request get their answer too; HTTP's own refusals are in the dialect.
  const isBroken = random.chance(0.08);
  const head = whole.indexOf("\r\n\r\n");
  const bytes = isBroken
    ? Buffer.concat([mutateBytes(random, whole.subarray(0, head)), whole.subarray(head)])
    : whole;
  const door: Door = random.pick(doors);
  const what = `${door}: ${JSON.stringify(bytes.toString("latin1")).slice(0, 1_500)}`;
  const [answer] = await exchangeRaw(bytes, { port: portOf(door), ends: isBroken }).catch(
    (error: Error) => {
      throw new Error(`${what}: ${error.message}`);
    },
  );
  // Who has said the last word too early is taken for gone.
  if (answer === undefined && isBroken) return;
  assert.ok(answer, `no answer: ${what}`);
  count(kind, answer.status);
  const shown = `${answer.status} ${answer.text.slice(0, 300)} ${what}`;
  assert.ok(answer.status < 500, shown);
  // What has become a HEAD is answered without a body.
  if (answer.text === "" && isBroken) return;
  assert.doesNotThrow(() => JSON.parse(answer.text), shown);
  if (!isBroken) check(answer, what);
}

async function tryWebSocketApi(random: Random, times: number, count: Count): Promise<void> {
  const door = random.pick(doors);
  const open = () => RawWebSocket.open(portOf(door), "/ws-api/v3?returnRateLimits=false");
  let socket = await open();
  for (let sent = 0; sent < times; sent++) {
    const text = JSON.stringify(apiRequest(random, sent));
    const bytes = random.chance(0.1)
      ? Buffer.from(mutateBytes(random, Buffer.from(text)).toString("utf8"))
      : Buffer.from(text);
    const before = answersOf(socket);
    socket.send({ opcode: 1, payload: bytes });
    await socket.until(() => answersOf(socket) > before);
    const what = `${door}: ${bytes.toString("utf8").slice(0, 1_500)}`;
    assert.equal(socket.closeCode, null, what);
    const answer = JSON.parse(socket.messages.findLast(isAnswer)!);
    count("webSocketApi", answer.status);
    assert.ok(
      answer.status === 200 || (answer.status >= 400 && answer.status < 500),
      `${JSON.stringify(answer)} ${what}`,
    );
    if (answer.status !== 200) assert.ok(Number.isInteger(answer.error.code), what);
    if (sent % 50 === 49) {
      socket.destroy();
      socket = await open();
    }
  }
  socket.destroy();
}

function apiRequest(random: Random, index: number): Record<string, unknown> {
  const [, method, fields] = random.pick(requests);
  const changed = random.chance(0.85) ? mutateFields(random, fields) : { ...fields };
  const id = random.chance(0.9) ? index : random.pick([null, "x", 1.5, {}, [], true, -1, 2 ** 60]);
  const name = random.chance(0.95) ? method : mutateText(random, method);
  if (isPublic.test(method)) return { id, method: name, params: changed };
  const params: Record<string, unknown> = {
    ...changed,
    apiKey: trader.apiKey,
    timestamp: Date.now(),
    recvWindow: 60_000,
  };
  const names = Object.keys(params).sort();
  const payload = names.map((one) => `${one}=${params[one]}`).join("&");
  const signature = sign(trader.secret, Buffer.from(payload).toString("latin1"));
  const request: Record<string, unknown> = { id, method: name, params: { ...params, signature } };
  return random.chance(0.05) ? mutateFields(random, request) : request;
}

/** Anything that answers a request, and is no event of an account. */
function isAnswer(text: string): boolean {
  return text.startsWith('{"id":');
}
function answersOf(socket: RawWebSocket): number {
  return socket.messages.filter(isAnswer).length;
}

/** Lone surrogates cannot be encoded; what is no single byte cannot be sent unencoded. */
function wellFormed(text: string, encode: (text: string) => string): string {
  return encode(text.toWellFormed()).replaceAll(/[^ -~]/gu, (one) => encodeURIComponent(one));
}

function codeIn(text: string): number {
  return (JSON.parse(text) as { code: number }).code;
}

const marketTerms = {
  ...{ symbol: "FUZZUSDT", baseAsset: "FUZZ", quoteAsset: "USDT", tickSize: "0.01" },
  ...{ lotSize: "0.0001", minPrice: "0.01", maxPrice: "100000", minQuantity: "0.0001" },
  ...{ maxQuantity: "9000", maxMarketQuantity: "100", minNotional: "5" },
  ...{ makerFee: "0.001", takerFee: "0.002" },
};
