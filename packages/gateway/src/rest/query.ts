import type { RawParams } from "../dialect/params.ts";

/** Why a query string or a form body cannot be read. */
export type QueryProblem = "illegal" | "duplicate" | "too-many";

const paramsMax = 100;
/** Anything that is not plain ASCII must come percent-encoded. */
const plainPattern = /^[ -~]*$/;
const encodedPattern = /[%+]/;

/**
 * Parameters of the raw query and the raw form body. A name may stand in both: then the query's
 * value is meant, as Binance does it; twice in one of them it is refused.
 */
export function readParams(query: string, body: string): RawParams | QueryProblem {
  const params = new Map<string, string>();
  if (query !== "") {
    const problem = readPairs(query, params, null);
    if (problem !== null) return problem;
  }
  if (body === "") return params;
  const problem = readPairs(body, params, query === "" ? null : new Set(params.keys()));
  return problem ?? params;
}

function readPairs(
  text: string,
  params: Map<string, string>,
  earlier: ReadonlySet<string> | null,
): QueryProblem | null {
  if (!plainPattern.test(text)) return "illegal";
  const encoded = encodedPattern.test(text);
  for (let start = 0; start <= text.length; ) {
    let end = text.indexOf("&", start);
    if (end < 0) end = text.length;
    if (end > start) {
      const equals = text.indexOf("=", start);
      const nameEnd = equals < 0 || equals > end ? end : equals;
      let name = text.slice(start, nameEnd);
      let value = text.slice(Math.min(nameEnd + 1, end), end);
      if (encoded) {
        const decoded = decode(name, value);
        if (decoded === null) return "illegal";
        [name, value] = decoded;
      }
      if (earlier?.has(name) !== true) {
        if (params.has(name)) return "duplicate";
        params.set(name, value);
        if (params.size > paramsMax) return "too-many";
      }
    }
    start = end + 1;
  }
  return null;
}

function decode(name: string, value: string): [string, string] | null {
  try {
    return [
      decodeURIComponent(name.replaceAll("+", " ")),
      decodeURIComponent(value.replaceAll("+", " ")),
    ];
  } catch {
    // A percent sign without two digits behind it, or bytes that are no UTF-8.
    return null;
  }
}

/** What was signed: query and body as they came, one behind the other, without the signature. */
export function signedPayload(query: string, body: string): string {
  return withoutSignature(query) + withoutSignature(body);
}

function withoutSignature(text: string): string {
  const at = signatureStart(text);
  if (at < 0) return text;
  const end = text.indexOf("&", at);
  if (at === 0) return end < 0 ? "" : text.slice(end + 1);
  return text.slice(0, at - 1) + (end < 0 ? "" : text.slice(end));
}

function signatureStart(text: string): number {
  if (text.startsWith("signature=")) return 0;
  const at = text.lastIndexOf("&signature=");
  return at < 0 ? -1 : at + 1;
}
