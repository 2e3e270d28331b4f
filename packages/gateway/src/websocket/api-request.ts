import {
  type DialectError,
  dialectError,
  invalidParameter,
  missingParameter,
} from "../dialect/errors.ts";
import type { RawParams } from "../dialect/params.ts";
import { idText, isObject, type LexemeJson, NumberLexeme, parseLexemeJson } from "./lexeme-json.ts";

/** One request of the WebSocket API. */
export type ApiRequest = {
  /** As JSON text, so that it is echoed as it came. */
  readonly id: string;
  readonly method: string;
  /** The method's parameters and what its signature needs. */
  readonly params: RawParams;
  readonly apiKey: string | undefined;
  /** Whether the answer shall tell the use of limits; undefined: as the connection was opened. */
  readonly returnRateLimits: boolean | undefined;
  /** What a signature covers: one latin1 character for each byte. */
  readonly payload: string;
};

export type ApiRequestError = { readonly id: string; readonly error: DialectError };

const idLengthMax = 128;
const paramsNotAnObject: DialectError = {
  ...dialectError.invalidJson,
  msg: "Invalid 'params' in JSON request; expected an object.",
};

/** Reads one message; what is wrong with it comes with the id to answer to, as far as there is one. */
export function parseApiRequest(text: string): ApiRequest | ApiRequestError {
  const parsed = parseLexemeJson(text);
  if (parsed === null || !isObject(parsed.value)) {
    return { id: "null", error: dialectError.invalidJson };
  }
  const { id: rawId = null, method, params: rawParams } = parsed.value;
  const params = rawParams ?? {};
  const id = idText(rawId, idLengthMax);
  if (id === undefined) return { id: "null", error: missingParameter("id") };
  if (typeof method !== "string" || method === "") return { id, error: missingParameter("method") };
  if (!isObject(params)) return { id, error: paramsNotAnObject };
  const values = new Map<string, string>();
  for (const name in params) {
    const value = paramText(params[name]!);
    if (value === null) return { id, error: invalidParameter(name) };
    values.set(name, value);
  }
  const payload = values.has("signature") ? signaturePayload(values) : "";
  const apiKey = values.get("apiKey");
  values.delete("apiKey");
  const shown = values.get("returnRateLimits");
  values.delete("returnRateLimits");
  return {
    id,
    method: method.startsWith("v3/") ? method.slice(3) : method,
    params: values,
    apiKey,
    returnRateLimits: shown === undefined ? undefined : shown === "true",
    payload,
  };
}

/** A parameter as the text that REST would have got; null: nothing that could be one. */
function paramText(value: LexemeJson): string | null {
  if (typeof value === "string") return value;
  if (value instanceof NumberLexeme) return value.text;
  if (typeof value === "boolean") return String(value);
  if (Array.isArray(value) && value.every((entry) => typeof entry === "string")) {
    return JSON.stringify(value);
  }
  return null;
}

/** All parameters but the signature, sorted by name, not encoded. */
export function signaturePayload(params: RawParams): string {
  const pairs: string[] = [];
  for (const name of [...params.keys()].sort()) {
    if (name !== "signature") pairs.push(`${name}=${params.get(name)}`);
  }
  const text = pairs.join("&");
  // Signatures are over UTF-8.
  return Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString("latin1");
}
