import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Ask,
  ask,
  assertDialect,
  changesNothing,
  doors,
  sign,
  signed,
  symbol,
  victim,
} from "./world.ts";

/** An order of the victim's own that would be accepted, but for what is changed in it. */
function order(change: Readonly<Record<string, string | null>>, line = "POST /api/v3/order"): Ask {
  const fields: Record<string, string | null> = {
    ...{ symbol, side: "BUY", type: "LIMIT", timeInForce: "GTC", quantity: "0.01", price: "20000" },
    ...change,
  };
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    value === null ? [] : [`${name}=${value}`],
  );
  return signed(victim, line, pairs.join("&"));
}

type Row = readonly [
  change: Readonly<Record<string, string | null>>,
  code: number,
  status?: number,
];

const digits = (count: number) => "1234567890".repeat(9).slice(0, count);
const noNumbers = [
  ...["1e400", "1e2", "-0", "-1", "0x10", "NaN", "Infinity", "-Infinity", "%2B1", "1_000", "1,5"],
  ...[".5", "5.", "1.2.3", "", "%20", "1%20", "0b1", "1n", "null", "undefined", "%5B%5D", "%7B%7D"],
  // Arabic-Indic, full-width and mathematical digits.
  ...["%D9%A1", "%EF%BC%91", "%F0%9D%9F%8F"],
  ...[`0.${digits(30)}`, digits(21), `${digits(30)}.${digits(30)}`],
];
const orderRows: readonly Row[] = [
  ...noNumbers.flatMap((text): Row[] => {
    const code = text === "" ? -1102 : -1100;
    return [
      [{ quantity: text }, text === "" ? -1105 : code],
      [{ price: text }, text === "" ? -1105 : code],
    ];
  }),
  [{ price: `1.${digits(20)}` }, -1111],
  [{ quantity: `1.${digits(20)}` }, -1111],
  [{ quantity: digits(20) }, -1013],
  [{ price: digits(20) }, -1013],
  [{ price: "0" }, -1013],
  [{ quantity: "0" }, -1013],
  [{ quantity: "0.000001" }, -1013],
  [{ price: "20000.001" }, -1013],
  [{ symbol: "NOSUCH" }, -1121],
  [{ symbol: "btcusdt" }, -1100],
  [{ symbol: "BTC%00USDT" }, -1100],
  [{ symbol: "__proto__" }, -1100],
  [{ symbol: "__PROTO__" }, -1121],
  [{ symbol: "constructor" }, -1100],
  [{ symbol: null }, -1102],
  [{ symbol: "" }, -1102],
  [{ side: "buy" }, -1117],
  [{ side: "" }, -1102],
  [{ type: "NOPE" }, -1116],
  [{ timeInForce: "GTX" }, -1115],
  [{ newClientOrderId: digits(37) }, -1100],
  [{ newClientOrderId: "%F0%9F%98%80" }, -1100],
  [{ newClientOrderId: "a%0d%0aX-Evil:1" }, -1100],
  [{ newClientOrderId: "'%3BDROP%20TABLE%20orders" }, -1100],
  [{ newOrderRespType: "ALL" }, -1130],
  [{ unknown: "1" }, -1104],
  [{ __proto__x: "1" }, -1104],
  [{ "": "1" }, -1104],
  [{ "price%00": "1" }, -1104],
  [{ "symbol%5B%5D": "1" }, -1104],
  [{ price: "%" }, -1100],
  [{ price: "%zz" }, -1100],
  [{ price: "%2" }, -1100],
  [{ price: "%00" }, -1100],
  [{ price: "%c0%af" }, -1100],
  [{ price: "%ed%a0%80" }, -1100],
  [{ price: "%ff%fe" }, -1100],
  [{ price: "%2531" }, -1100],
  [{ price: "20000&price=1" }, -1101],
  [{ price: "20000&%70rice=1" }, -1101],
];

const publicRows: readonly (readonly [target: string, code: number])[] = [
  ["depth", -1102],
  ["depth?symbol=", -1102],
  [`depth?symbol=${symbol}&symbol=${symbol}`, -1101],
  [`depth?symbol=${symbol}&limit=1e3`, -1100],
  [`depth?symbol=${symbol}&limit=-1`, -1100],
  [`depth?symbol=${symbol}&limit=${digits(20)}`, -1108],
  [`depth?symbol=${symbol}&limit=9007199254740993`, -1108],
  [`depth?symbol=${symbol}&nope=1`, -1104],
  [`depth?symbol=%ff`, -1100],
  [`depth?symbol=${"A".repeat(10_000)}`, -1100],
  [`depth?${"&".repeat(5_000)}`, -1102],
  [`depth?${Array.from({ length: 200 }, (_, i) => `a${i}=1`).join("&")}`, -1101],
  ["depth?a[b]=1&a[c]=2", -1102],
  [`klines?symbol=${symbol}&interval=1x`, -1120],
  [`klines?symbol=${symbol}&interval=__proto__`, -1120],
  [`klines?symbol=${symbol}&interval=1m&timeZone=99`, -1130],
  [`klines?symbol=${symbol}&interval=1m&startTime=2&endTime=1`, -1023],
  ["exchangeInfo?symbols=%5B%22BTCUSDT%22", -1100],
  [`exchangeInfo?symbols=%5B${"%22A%22,".repeat(300)}%22A%22%5D`, -1100],
  ["exchangeInfo?symbols=[[[[[[[[[[]]]]]]]]]]", -1100],
  ["ticker/price?symbol=BTCUSDT&symbols=%5B%22BTCUSDT%22%5D", -1128],
  [`aggTrades?symbol=${symbol}&fromId=1&startTime=1`, -1128],
  ["time?a=1", -1101],
];

for (const door of doors) {
  test(`${door}: orders with a field that cannot be taken are refused by the dialect's codes`, () =>
    changesNothing(async () => {
      for (const [change, code] of orderRows) {
        const what = JSON.stringify(change);
        assertDialect(await ask(door, order(change)), 400, code, what);
      }
    }));

  test(`${door}: public requests that cannot be taken are refused by the dialect's codes`, async () => {
    for (const [target, code] of publicRows) {
      const answer = await ask(door, { line: `GET /api/v3/${target}` });
      assertDialect(answer, 400, code, target.slice(0, 100));
    }
  });

  test(`${door}: bodies are forms whatever they are called, and nothing else`, () =>
    changesNothing(async () => {
      const query = order({}).line.split("?")[1]!;
      const json = JSON.stringify(Object.fromEntries(new URLSearchParams(query)));
      const multipart =
        '--x\r\nContent-Disposition: form-data; name="symbol"\r\n\r\nBTCUSDT\r\n--x--';
      const bodies: readonly (readonly [type: string, body: string | Buffer, code: number])[] = [
        ["application/json", json, -1102],
        ["application/json", "{", -1102],
        ["application/json", "[".repeat(30_000), -1102],
        ["multipart/form-data; boundary=x", multipart, -1100],
        ["application/xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', -1102],
        ["application/x-www-form-urlencoded", Buffer.from("symbol=\xff\xfe", "latin1"), -1100],
        ["application/x-www-form-urlencoded", "symbol=BTC\0USDT", -1100],
        ["application/x-www-form-urlencoded", "%", -1100],
        ["text/plain; charset=utf-16", Buffer.from(query, "utf16le"), -1100],
        ["", `${query}&symbol=${symbol}`, -1101],
      ];
      for (const [type, body, code] of bodies) {
        const headers = { "X-MBX-APIKEY": victim.apiKey, "Content-Type": type };
        const answer = await ask(door, { line: "POST /api/v3/order", headers, body });
        assertDialect(answer, 400, code, `${type}: ${String(body).slice(0, 60)}`);
      }
      for (const type of ["application/json", "text/plain", "application/x-www-form-urlencoded"]) {
        const form = order({}, "POST /api/v3/order/test").line.split("?")[1]!;
        const headers = { "X-MBX-APIKEY": victim.apiKey, "Content-Type": type };
        const answer = await ask(door, { line: "POST /api/v3/order/test", headers, body: form });
        assert.equal(answer.text, "{}", type);
      }
    }));
}

test("a signature may stand in the query or in the body, and covers both as they came", async () => {
  const [half, rest] = [`symbol=${symbol}&side=BUY&type=LIMIT`, "timeInForce=GTC&quantity=0.01"];
  const tail = `${rest}&price=20000&timestamp=${Date.now()}`;
  const signature = `signature=${sign(victim.secret, half + tail)}`;
  const headers = { "X-MBX-APIKEY": victim.apiKey };
  const send = (query: string, body: string) =>
    ask("edge", { line: `POST /api/v3/order/test?${query}`, headers, body });
  for (const [query, body] of [
    [half, `${tail}&${signature}`],
    [half, `${signature}&${tail}`],
    [`${half}&${signature}`, tail],
    [`${signature}&${half}`, tail],
  ] as const) {
    assert.equal((await send(query, body)).text, "{}", `${query} ${body}`);
  }
  // The same bytes in another place, or one byte more, are not what was signed.
  assertDialect(await send(tail, `${half}&${signature}`), 400, -1022, "exchanged");
  assertDialect(await send(`${half}&`, `${tail}&${signature}`), 400, -1022, "one byte more");
});
