import { idText, isObject, type LexemeJson, parseLexemeJson } from "./lexeme-json.ts";

const methods = [
  "SUBSCRIBE",
  "UNSUBSCRIBE",
  "LIST_SUBSCRIPTIONS",
  "SET_PROPERTY",
  "GET_PROPERTY",
] as const;
type ControlMethod = (typeof methods)[number];

/** What a client may say on a stream socket. `id` is its JSON text, so that it is echoed as it came. */
export type ControlRequest =
  | {
      readonly method: "SUBSCRIBE" | "UNSUBSCRIBE";
      readonly id: string;
      readonly names: readonly string[];
    }
  | { readonly method: "LIST_SUBSCRIPTIONS" | "GET_PROPERTY"; readonly id: string }
  | { readonly method: "SET_PROPERTY"; readonly id: string; readonly value: boolean };

const idLengthMax = 64;

/**
 * An error twice: as documented, with the code on the first level, and as the venue really sends it,
 * which is what ccxt reads.
 */
export function controlError(code: 0 | 1 | 2 | 3, msg: string, id: string): string {
  const error = `"code":${code},"msg":${JSON.stringify(msg)}`;
  return `{${error},"error":{${error}},"id":${id}}`;
}

/** The request in a message, or the reply that says what is wrong with it. */
export function parseControl(text: string): ControlRequest | { readonly reply: string } {
  const parsed = parseLexemeJson(text);
  if (parsed === null) return invalid(3, "Invalid JSON: expected value", "null");
  if (!isObject(parsed.value)) return invalid(2, "Invalid request: expected an object", "null");
  const { id: rawId, method: name, params } = parsed.value;
  const id = idText(rawId, idLengthMax);
  if (id === undefined) {
    return invalid(2, "Invalid request: request ID must be an unsigned integer", "null");
  }
  if (name === undefined) return invalid(2, "Invalid request: missing field `method`", id);
  const method = methods.find((known) => known === name);
  if (method === undefined) {
    const shown = typeof name === "string" ? name.slice(0, 80) : "not a string";
    const expected = methods.map((known) => `\`${known}\``).join(", ");
    return invalid(
      2,
      `Invalid request: unknown variant \`${shown}\`, expected one of ${expected}`,
      id,
    );
  }
  return readParams(method, params, id);
}

function readParams(
  method: ControlMethod,
  params: LexemeJson | undefined,
  id: string,
): ControlRequest | { readonly reply: string } {
  if (params !== undefined && params !== null && !Array.isArray(params)) {
    return invalid(2, "Invalid request: params must be an array", id);
  }
  const list: readonly LexemeJson[] = params ?? [];
  switch (method) {
    case "SUBSCRIBE":
    case "UNSUBSCRIBE": {
      const names = list.filter((name) => typeof name === "string");
      if (names.length === list.length) return { method, id, names };
      return invalid(2, "Invalid request: stream names must be strings", id);
    }
    case "LIST_SUBSCRIPTIONS":
      return list.length === 0
        ? { method, id }
        : invalid(2, "Invalid request: too many parameters", id);
    case "SET_PROPERTY":
    case "GET_PROPERTY":
      return readProperty(method, list, id);
  }
}

function readProperty(
  method: "SET_PROPERTY" | "GET_PROPERTY",
  [name, value, ...more]: readonly LexemeJson[],
  id: string,
): ControlRequest | { readonly reply: string } {
  if (typeof name !== "string") {
    return invalid(2, "Invalid request: property name must be a string", id);
  }
  if (name !== "combined") return invalid(0, "Unknown property", id);
  if (method === "GET_PROPERTY") {
    return value === undefined
      ? { method, id }
      : invalid(2, "Invalid request: too many parameters", id);
  }
  if (typeof value !== "boolean") return invalid(1, "Invalid value type: expected Boolean", id);
  return more.length === 0
    ? { method, id, value }
    : invalid(2, "Invalid request: too many parameters", id);
}

function invalid(code: 0 | 1 | 2 | 3, msg: string, id: string): { readonly reply: string } {
  return { reply: controlError(code, msg, id) };
}
