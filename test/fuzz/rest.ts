import assert from "node:assert/strict";
import {
  type Answer,
  dispatch,
  errorJson,
  methods,
  Router,
  readParams,
  signedPayload,
} from "@halcyon/gateway";
import type { Random } from "@halcyon/sim";
import { adminRequests } from "./admin-requests.ts";
import type { Decoder, Verdict } from "./decoder.ts";
import { validFields } from "./dialect-requests.ts";
import { adminToken, apiKey, GatewayVenue, nowMs, sign, traderAccount } from "./gateway-venue.ts";
import { mutateBytes, mutateFields, mutateText } from "./text-mutation.ts";

const asked = methods.filter(({ rest }) => rest.length > 0);
const address = "203.0.113.7";
const requestId = [0x18b_cfe5, 0x7000_7000, -0x7fff_0000, 5] as const;
const terms = {
  ...{ symbol: "BTCUSDT", baseAsset: "BTC", quoteAsset: "USDT", tickSize: "0.01" },
  ...{ lotSize: "0.0001", minPrice: "0.01", maxPrice: "100000", minQuantity: "0.0001" },
  ...{ maxQuantity: "9000", maxMarketQuantity: "100", minNotional: "5" },
  ...{ makerFee: "0.001", takerFee: "0.002" },
};

/**
 * A request as its target and its body say it: bytes are `VERB TARGET`, a line for the key, then the
 * body. Down to the venue and back, without sockets.
 */
export function restDecoder(): Decoder {
  const venue = new GatewayVenue();
  const router = new Router(methods);
  return {
    name: "rest",
    unitBytes: 1,
    mend: (bytes) => bytes,
    make: (random) => {
      const text = random.chance(0.75) ? dialectText(random) : adminText(random);
      const bytes = Buffer.from(text, "latin1");
      return new Uint8Array(random.chance(0.06) ? mutateBytes(random, bytes) : bytes);
    },
    check: (bytes) => {
      venue.reset();
      const [line = "", key = "", ...rest] = Buffer.from(bytes).toString("latin1").split("\n");
      const [verb = "", target = ""] = line.split(" ");
      const [path = "", ...queries] = target.split("?");
      const request = { verb, path, query: queries.join("?"), key, body: rest.join("\n") };
      return path.startsWith("/admin/v1/")
        ? checkAdmin(venue, request)
        : checkDialect(venue, router, request);
    },
  };
}

type Request = {
  readonly verb: string;
  readonly path: string;
  readonly query: string;
  readonly key: string;
  readonly body: string;
};

function dialectText(random: Random): string {
  const method = random.pick(asked);
  const { verb, path } = random.pick(method.rest);
  const valid = validFields(random, method);
  const fields: Record<string, unknown> = random.chance(0.6) ? mutateFields(random, valid) : valid;
  const isSigned = method.security !== "none" && method.security !== "key";
  if (isSigned) fields["timestamp"] = random.chance(0.97) ? nowMs : random.pick([0, "x", 1e20]);
  const encode = random.chance(0.95) ? encodeURIComponent : (text: string) => text;
  const text = Object.entries(fields)
    .map(([name, value]) => [name, String(value)].map((part) => encode(part.toWellFormed())))
    .map((pair) => pair.join("="))
    .join("&");
  const mutated = random.chance(0.05) ? mutateText(random, text) : text;
  const signature = isSigned && random.chance(0.97) ? `&signature=${sign(mutated)}` : "";
  const shown = method.security === "none" ? "" : random.chance(0.98) ? apiKey : "nobody";
  const asBody = verb !== "GET" && random.chance(0.3);
  const sent = mutated + signature;
  return asBody ? `${verb} ${path}\n${shown}\n${sent}` : `${verb} ${path}?${sent}\n${shown}\n`;
}

function adminText(random: Random): string {
  const [line, fields] = random.pick(adminRequests(traderAccount, terms));
  const changed = random.chance(0.75) ? mutateFields(random, fields) : fields;
  const at = line.indexOf("/v1/") + 4;
  const target = random.chance(0.1)
    ? line.slice(0, at) + encodeURI(mutateText(random, line.slice(at)).toWellFormed())
    : line;
  const json = Buffer.from(JSON.stringify(changed)).toString("latin1");
  return `${target}\n\n${line.startsWith("GET") ? "" : json}`;
}

function checkDialect(
  venue: GatewayVenue,
  router: Router,
  { verb, path, query, key, body }: Request,
): Verdict | Promise<Verdict> {
  const params = readParams(query, body);
  if (typeof params === "string") return "refused";
  const again = [...params].map((pair) => pair.map(encodeURIComponent).join("=")).join("&");
  assert.deepEqual(readParams(again, ""), params, "parameters are others when they are sent again");
  const payload = signedPayload(query, body);
  const parts = [query, body].map((text) =>
    text
      .split("&")
      .filter((pair) => !pair.startsWith("signature="))
      .join("&"),
  );
  assert.equal(payload, parts.join(""), "something else is signed than was sent");
  const method = router.rest(verb, path);
  if (method === undefined) return "refused";
  const request = { address, requestId, retry: false, limited: true, params, payload };
  const { answer } = dispatch(venue.context, method, {
    ...request,
    apiKey: key === "" ? undefined : key,
  });
  return answer instanceof Promise
    ? answer.then((settled) => checkAnswer(venue, settled))
    : checkAnswer(venue, answer);
}

function checkAnswer({ defects }: GatewayVenue, answer: Answer): Verdict {
  assert.deepEqual(defects, []);
  if (answer.ok) {
    JSON.parse(answer.json);
    return "accepted";
  }
  const { status } = answer.error;
  assert.ok((status >= 400 && status < 500) || status === 503, `status ${status}`);
  const error = JSON.parse(errorJson(answer.error, answer.dataJson)) as { readonly code: unknown };
  assert.ok(Number.isInteger(error.code), "an error without a code");
  return "refused";
}

async function checkAdmin(venue: GatewayVenue, request: Request): Promise<Verdict> {
  const { verb, path, query, body } = request;
  const api = await venue.api;
  const answer = await api.handle({
    verb,
    path: path.slice("/admin/v1".length),
    query,
    headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/json" },
    body: Buffer.from(body, "latin1"),
    address,
    requestId,
    retry: false,
    session: null,
  });
  assert.deepEqual(venue.defects, []);
  const json = JSON.parse(answer.body) as { readonly type?: unknown; readonly status?: unknown };
  if (answer.status < 300) return "accepted";
  assert.ok(answer.status >= 400 && answer.status < 500, `status ${answer.status}`);
  assert.equal(json.status, answer.status);
  assert.equal(typeof json.type, "string");
  return "refused";
}
