import assert from "node:assert/strict";
import {
  type LexemeJson,
  methods,
  NumberLexeme,
  parseApiRequest,
  parseControl,
  parseLexemeJson,
  parseStreamName,
  parseTarget,
} from "@halcyon/gateway";
import type { Random } from "@halcyon/sim";
import type { Decoder, Verdict } from "./decoder.ts";
import { validFields } from "./dialect-requests.ts";
import { mutateBytes, mutateFields, mutateText } from "./text-mutation.ts";

const named = methods.filter(({ ws }) => ws !== null);
const streams = [
  ...["btcusdt@trade", "ethusdt@depth", "btcusdt@depth@100ms", "btcusdt@depth5@1000ms"],
  ...["btcusdt@kline_1m", "btcusdt@kline_1d@+08:00", "!ticker@arr", "!ticker_4h@arr"],
  ...["xbt@ticker_1h", "xbt@bookTicker", "!miniTicker@arr", "xbt@aggTrade", "\u00df@trade"],
];
const numbers = ["1", "1.0", "-0", "1e3", "12345678901234567890", "0.10", "1E-7", "1700000000000"];

/** What the payload of a frame, or the address of an upgrade, says. */
export function websocketDecoder(): Decoder {
  return {
    name: "websocket",
    unitBytes: 1,
    mend: (bytes) => bytes,
    make: (random) => {
      const text = random.pick([apiText, apiText, controlText, addressText])(random);
      const mutated = random.chance(0.15) ? mutateText(random, text) : text;
      const bytes = Buffer.from(mutated);
      return new Uint8Array(random.chance(0.2) ? mutateBytes(random, bytes) : bytes);
    },
    check: (bytes) => {
      const text = Buffer.from(bytes).toString("utf8");
      const verdicts = [checkApi(text), checkControl(text), checkName(text)];
      checkLexemes(text);
      parseTarget(text);
      return verdicts.includes("accepted") ? "accepted" : "refused";
    },
  };
}

/** JSON by hand, so that numbers stand in every spelling and names twice. */
function objectText(random: Random, fields: Readonly<Record<string, unknown>>): string {
  const blank = () => random.pick(["", "", "", " ", "\n"]);
  const members = Object.entries(fields).map(([name, value]) => {
    const isNumber = random.chance(0.15) || /^\d+$/.test(String(value));
    const text = isNumber && random.chance(0.6) ? random.pick(numbers) : JSON.stringify(value);
    return `${blank()}${JSON.stringify(name)}${blank()}:${blank()}${text ?? "null"}${blank()}`;
  });
  return `{${members.join(",")}}`;
}

function apiText(random: Random): string {
  const method = random.pick(named);
  const valid = validFields(random, method);
  const fields: Record<string, unknown> = random.chance(0.4) ? mutateFields(random, valid) : valid;
  if (random.chance(0.8)) Object.assign(fields, { apiKey: "key", timestamp: 1, signature: "ff" });
  if (random.chance(0.2)) fields["id"] = 1;
  const params = objectText(random, fields);
  const id = random.pick([...numbers, '"an id"', "null", "true", "[1]"]);
  const outer = random.chance(0.2) ? `,"timestamp":${random.pick(numbers)}` : "";
  return `{"id":${id},"method":${JSON.stringify(method.ws)},"params":${params}${outer}}`;
}

function controlText(random: Random): string {
  const method = random.pick([
    ...["SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY"],
  ]);
  const names = Array.from({ length: random.below(4) }, () => random.pick(streams));
  const params = random.pick<unknown>([names, names, names, [], ["combined", true], "x", null]);
  const request = { method, params, id: random.pick<unknown>([1, 2, "a", null, 1.5]) };
  return JSON.stringify(random.chance(0.3) ? mutateFields(random, request) : request);
}

function addressText(random: Random): string {
  const names = Array.from({ length: random.between(1, 3) }, () => random.pick(streams));
  const path = random.pick(["/ws/", "/stream?streams=", "/stream/ws/", "/ws-api/v3?", ""]);
  return path + names.slice(0, path === "" ? 1 : 3).join("/");
}

function checkApi(text: string): Verdict {
  const request = parseApiRequest(text);
  assert.doesNotThrow(() => JSON.parse(request.id), "an id is no JSON");
  if ("error" in request) {
    assert.ok(Number.isInteger(request.error.code), "an error without a code");
    return "refused";
  }
  const asked = slowParse(text) as { readonly params?: Record<string, unknown> | null };
  const shown = { ...asked.params };
  if ("signature" in shown) {
    const pairs = Object.keys(shown).sort();
    const signed = pairs.filter((name) => name !== "signature");
    const expected = signed.map((name) => `${name}=${shownText(shown[name])}`).join("&");
    const payload = Buffer.from(request.payload, "latin1").toString("utf8");
    // Half a character cannot be in a frame; escaped, it is signed as what stands for it.
    assert.equal(payload, expected.toWellFormed(), "something else is signed than was sent");
  }
  const params: Record<string, string> = Object.create(null);
  for (const [name, value] of request.params) params[name] = value;
  if (request.apiKey !== undefined) params["apiKey"] = request.apiKey;
  if (request.returnRateLimits !== undefined) {
    params["returnRateLimits"] = String(request.returnRateLimits);
  }
  const { id, method } = request;
  const again = parseApiRequest(
    `{"id":${id},"method":${JSON.stringify(method)},"params":${JSON.stringify(params)}}`,
  );
  const hasOddFlag = shownText(shown["returnRateLimits"] ?? "true") !== params["returnRateLimits"];
  const isVersioned = method.startsWith("v3/") || method === "";
  if (!isVersioned) {
    assert.deepEqual({ ...again, payload: "" }, { ...request, payload: "" }, "not the same again");
    if (!("returnRateLimits" in shown && hasOddFlag)) {
      assert.equal((again as typeof request).payload, request.payload, "not signed alike");
    }
  }
  return "accepted";
}

function shownText(value: unknown): string {
  if (value instanceof NumberLexeme) return value.text;
  return typeof value === "string" || typeof value === "boolean"
    ? String(value)
    : JSON.stringify(value);
}

function checkControl(text: string): Verdict {
  const request = parseControl(text);
  if ("reply" in request) {
    const reply = JSON.parse(request.reply) as { readonly code: unknown };
    assert.ok(Number.isInteger(reply.code), "a reply without a code");
    return "refused";
  }
  const { method, id } = request;
  const params =
    "names" in request
      ? request.names
      : method === "SET_PROPERTY"
        ? ["combined", request.value]
        : method === "GET_PROPERTY"
          ? ["combined"]
          : [];
  const again = `{"method":"${method}","params":${JSON.stringify(params)},"id":${id}}`;
  assert.deepEqual(parseControl(again), request, "not the same again");
  return "accepted";
}

function checkName(text: string): Verdict {
  const parsed = parseStreamName(text);
  if (parsed === null) return "refused";
  if (parsed.symbol !== null) {
    const name = parsed.symbol.toLowerCase() + text.slice(text.indexOf("@"));
    assert.equal(name, text, "a stream of another market than was named");
  }
  return "accepted";
}

/** The quick way and the slow one see the same, and what was read is written as it stood. */
function checkLexemes(text: string): void {
  const parsed = parseLexemeJson(text);
  if (parsed === null) return;
  assert.deepEqual(parsed.value, slowParse(text), "a number is not as it stands in the text");
  const written = lexemeText(parsed.value);
  const again = parseLexemeJson(written);
  assert.ok(again !== null, "what was read cannot be read again");
  assert.equal(lexemeText(again.value), written);
}

function slowParse(text: string): unknown {
  const parse = JSON.parse as (
    text: string,
    reviver: (name: string, value: unknown, context: { readonly source?: string }) => unknown,
  ) => unknown;
  return parse(text, (_name, value, { source }) =>
    typeof value === "number" ? new NumberLexeme(source!) : value,
  );
}

function lexemeText(value: LexemeJson): string {
  if (value instanceof NumberLexeme) return value.text;
  if (Array.isArray(value)) return `[${value.map(lexemeText).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value as Readonly<Record<string, LexemeJson>>);
  return `{${members.map(([name, of]) => `${JSON.stringify(name)}:${lexemeText(of)}`).join(",")}}`;
}
