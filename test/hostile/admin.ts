import { test } from "node:test";
import {
  type Ask,
  adminAsk,
  adminToken,
  ask,
  assertProblem,
  changesNothing,
  doors,
  secrets,
  signed,
  symbol,
  victim,
} from "./world.ts";

type Row = readonly [what: string, request: Ask, status: number];

const form = "application/x-www-form-urlencoded";
const post = (path: string, body: string | Buffer, headers = {}) =>
  adminAsk(`POST /admin/v1${path}`, body, headers);
const deposit = (amount: string) =>
  post("/deposits", `{"account":${victim.account},"asset":"BTC","amount":${amount}}`);

function bodies(): readonly Row[] {
  const account = '{"label":"intruder"}';
  const notJson = [
    ...["", "{", "null x", "{'label':'x'}", '{"label":"x"', '{"label":"x",}', "\u0000", "NaN"],
    ...[form, "<x/>", '{"label":"a\nb"}', '{"label":"\\x41"}', "[".repeat(60_000)],
  ];
  const wrong = [
    ...["null", "5", "[]", '"x"', "{}", '{"label":5}', '{"label":null}', '{"label":"a\\u0000b"}'],
    ...['{"label":"\\ud800"}', `{"label":"${"x".repeat(60_000)}"}`, '{"label":"x","admin":true}'],
    ...['{"label":"x","__proto__":{"admin":true}}', '{"label":"x","constructor":{}}'],
    ...['{"LABEL":"x"}', `{"label":${"[".repeat(20_000)}${"]".repeat(20_000)}}`],
  ];
  return [
    ...notJson.map((body): Row => [`${body.slice(0, 20)} as JSON`, post("/accounts", body), 400]),
    ...wrong.map((body): Row => [body.slice(0, 60), post("/accounts", body), 400]),
    ["bad UTF-8", post("/accounts", Buffer.from('{"label":"\xff\xfe"}', "latin1")), 400],
    ["overlong UTF-8", post("/accounts", Buffer.from('{"label":"\xc0\xaf"}', "latin1")), 400],
    ["UTF-16", post("/accounts", Buffer.from(account, "utf16le")), 400],
    ["a form", post("/accounts", "label=x", { "Content-Type": form }), 415],
    ["JSON called a form", post("/accounts", account, { "Content-Type": form }), 415],
    ["JSON called nothing", post("/accounts", account, { "Content-Type": "" }), 415],
    ["JSON called text", post("/accounts", account, { "Content-Type": "text/plain" }), 415],
    ["100 kB", post("/accounts", `{"label":"${"x".repeat(100_000)}"}`), 413],
    ["a key for the key", post("/accounts", account, { "Idempotency-Key": "x".repeat(65) }), 400],
    ["an empty key", post("/accounts", account, { "Idempotency-Key": "" }), 400],
  ];
}

function amounts(): readonly Row[] {
  const numbers = ["1", "1e400", "-0", "1.5", "9007199254740993", "0x10", "NaN", "Infinity", "01"];
  const texts = [
    ...["1e400", "-0", "-1", "0x10", "NaN", "Infinity", "+1", "1_000", "1,5", ".5", "5.", "01"],
    ...["", " 1", "1 ", "\u0661", "\uff11", `1.${"1".repeat(30)}`, "9".repeat(30), "1\\u0000"],
    ...["0", "0.000000001", "92233720368547758.08"],
  ];
  return [
    ...numbers.map((amount): Row => [`a deposit of ${amount}`, deposit(amount), 400]),
    ...texts.map((amount): Row => [`a deposit of "${amount}"`, deposit(`"${amount}"`), 400]),
  ];
}

function paths(): readonly Row[] {
  const get = (path: string) => adminAsk(`GET /admin/v1${path}`);
  const wrongVerb = ["TRACE", "OPTIONS", "PATCH", "PUT", "QUERY", "PROPFIND"];
  return [
    ["no such path", get("/nothing"), 404],
    ["nothing below it", get(""), 404],
    ["%zz", get("/markets/%zz"), 404],
    ["%ff", get("/markets/%ff"), 404],
    ["overlong", get("/markets/%c0%af"), 404],
    ["%00", get("/markets/%00"), 400],
    ["up and away", get("/markets/..%2f..%2fadministrators"), 400],
    ["dots", get("/markets/../administrators"), 404],
    ["twice encoded", get("/markets/%2542TCUSDT"), 400],
    ["lower case", get(`/markets/${symbol.toLowerCase()}`), 400],
    ["an id that is a word", get("/accounts/me"), 400],
    ["an id of exponents", get("/accounts/1e1"), 400],
    ["an id in hexadecimal", get("/accounts/0x1"), 400],
    ["an id below zero", get("/accounts/-1"), 400],
    ["an id of many digits", get(`/accounts/${"9".repeat(400)}`), 400],
    ["an id nobody has", get("/accounts/2147483647"), 404],
    ["a limit of exponents", get("/accounts?limit=1e2"), 400],
    ["two limits", get("/accounts?limit=1&limit=2"), 400],
    ["no such parameter", get("/accounts?__proto__=1"), 400],
    ["a long query", get(`/accounts?${"a".repeat(10_000)}=1`), 400],
    ...wrongVerb.map((verb): Row => [verb, adminAsk(`${verb} /admin/v1/accounts`), 405]),
  ];
}

/** Each of these counts as a failed attempt of its address. */
function tokens(): readonly Row[] {
  const withToken = (authorization: string): Ask =>
    adminAsk("GET /admin/v1/accounts", undefined, { Authorization: authorization });
  const other = `${adminToken.slice(0, -1)}${adminToken.endsWith("A") ? "E" : "A"}`;
  secrets.add(other);
  return [
    ["no token", { line: "GET /admin/v1/accounts" }, 401],
    ["an empty token", withToken("Bearer "), 401],
    ["another token", withToken(`Bearer ${other}`), 401],
    ["a token in front of a token", withToken(`Bearer x Bearer ${adminToken}`), 401],
    ["the token as a password", withToken(`Basic ${adminToken}`), 401],
    ["an API secret", withToken(`Bearer ${victim.secret}`), 401],
    ["a long token", withToken(`Bearer ${"x".repeat(10_000)}`), 401],
    ["a token that is no ASCII", withToken("Bearer \xff\xfe"), 401],
    ["a trader's signature", signed(victim, "GET /admin/v1/accounts"), 401],
    ["a token in the query", { line: `GET /admin/v1/accounts?token=${adminToken}` }, 401],
  ];
}

for (const [index, door] of doors.entries()) {
  const refused = async (rows: readonly Row[], from?: string): Promise<void> => {
    for (const [what, request, status] of rows) {
      assertProblem(await ask(door, request, from), status, what);
    }
  };

  test(`${door}: the admin API refuses bodies and amounts that cannot be taken, with a problem`, () =>
    changesNothing(async () => {
      await refused(bodies());
      await refused(amounts());
    }));

  test(`${door}: the admin API refuses odd paths, queries and verbs, with a problem`, () =>
    changesNothing(() => refused(paths())));

  test(`${door}: the admin API lets nobody in without a token, and slows down who tries`, () =>
    changesNothing(async () => {
      const from = `127.0.0.${31 + index}`;
      await refused(tokens(), from);
      // Which node answers is the edge's choice, and each counts for itself.
      const another = { line: "GET /admin/v1/accounts" };
      for (let attempt = 0; attempt < 30; attempt++) {
        const answer = await ask(door, another, from);
        assertProblem(answer, answer.status === 429 ? 429 : 401, "one attempt more");
      }
      assertProblem(await ask(door, another, from), 429, "many attempts");
    }));
}
