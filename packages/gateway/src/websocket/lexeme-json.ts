/** A JSON number as it was written, digit for digit. */
export class NumberLexeme {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type LexemeJson =
  | string
  | boolean
  | null
  | NumberLexeme
  | readonly LexemeJson[]
  | { readonly [name: string]: LexemeJson };

/** The reviver's third argument is in the language since ES2026, but not in the compiler's library yet. */
type ParseWithSource = (
  text: string,
  reviver: (name: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown;
const parseWithSource = JSON.parse as ParseWithSource;

/** Requests are objects with objects in them; what is nested deeper is read the slow way. */
const quickDepth = 2;

/**
 * Parses JSON with its numbers kept as written: a signature covers the text `1.0`, not the number 1,
 * and an id beyond 2^53 is echoed as it came. Null: not JSON.
 */
export function parseLexemeJson(text: string): { readonly value: LexemeJson } | null {
  try {
    const value: unknown = JSON.parse(text);
    // Where nothing is escaped, names stand in the text as they are.
    const isRead = !text.includes("\\") && keepPlainNumbers(value, text, quickDepth);
    return { value: (isRead ? value : parseWithSource(text, keepNumber)) as LexemeJson };
  } catch {
    // Not JSON, or nested deeper than the stack: either way the sender is told that it is not valid.
    return null;
  }
}

function keepNumber(_name: string, value: unknown, context: { readonly source?: string }): unknown {
  return typeof value === "number" ? new NumberLexeme(context.source ?? String(value)) : value;
}

/**
 * The quick way, for a reviver costs more than all else of a request: puts lexemes in the place of
 * the numbers that stand in the text just as they are printed. False: there are others too.
 */
function keepPlainNumbers(value: unknown, text: string, depth: number): boolean {
  if (typeof value === "number") return false;
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every((entry) => typeof entry === "string");
  if (depth === 0) return false;
  const fields = value as Record<string, unknown>;
  for (const name in fields) {
    const field = fields[name];
    if (typeof field === "string") continue;
    if (typeof field === "number") {
      const printed = String(field);
      if (!stands(text, name, printed)) return false;
      fields[name] = new NumberLexeme(printed);
    } else if (!keepPlainNumbers(field, text, depth - 1)) {
      return false;
    }
  }
  return true;
}

/** Whether the text has a field of this name once, and just so, with nothing more to its number. */
function stands(text: string, name: string, printed: string): boolean {
  const quoted = `"${name}"`;
  const at = text.indexOf(quoted);
  if (at < 0 || text.indexOf(quoted, at + 1) >= 0) return false;
  const colon = at + quoted.length;
  if (text.charAt(colon) !== ":") return false;
  const from = text.charAt(colon + 1) === " " ? colon + 2 : colon + 1;
  return text.startsWith(printed, from) && /^[,}\s]/.test(text.charAt(from + printed.length));
}

export function isObject(value: LexemeJson): value is { readonly [name: string]: LexemeJson } {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof NumberLexeme)
  );
}

const integerPattern = /^-?[0-9]{1,19}$/;

/** The JSON text of a request's id: an integer, a string of at most `lengthMax`, or null. Undefined: none of these. */
export function idText(value: LexemeJson | undefined, lengthMax: number): string | undefined {
  if (value === null) return "null";
  if (typeof value === "string")
    return value.length <= lengthMax ? JSON.stringify(value) : undefined;
  if (value instanceof NumberLexeme)
    return integerPattern.test(value.text) ? value.text : undefined;
  return undefined;
}
