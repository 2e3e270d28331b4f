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
const parse = JSON.parse as ParseWithSource;

/**
 * Parses JSON with its numbers kept as written: a signature covers the text `1.0`, not the number 1,
 * and an id beyond 2^53 is echoed as it came. Null: not JSON.
 */
export function parseLexemeJson(text: string): { readonly value: LexemeJson } | null {
  try {
    return { value: parse(text, keepNumber) as LexemeJson };
  } catch {
    // Not JSON, or nested deeper than the stack: either way the sender is told that it is not valid.
    return null;
  }
}

function keepNumber(_name: string, value: unknown, context: { readonly source?: string }): unknown {
  return typeof value === "number" ? new NumberLexeme(context.source ?? String(value)) : value;
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
