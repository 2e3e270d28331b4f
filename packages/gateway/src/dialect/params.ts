import { decimalPattern } from "../decimal.ts";
import {
  type DialectError,
  emptyParameter,
  illegalCharactersIn,
  invalidParameter,
  missingParameter,
  overflowed,
  tooManyParameters,
  unreadParameters,
} from "./errors.ts";

/** Parameters as received: decoded text by name. Numbers of the WebSocket API keep their digits. */
export type RawParams = ReadonlyMap<string, string>;

/** What one parameter may hold. `check` sees neither an absent nor an empty value. */
export type ParamSpec = {
  readonly required: boolean;
  readonly check: (name: string, value: string) => DialectError | null;
};
export type ParamTable = Readonly<Record<string, ParamSpec>>;

/** What the signature needs, taken by every signed method beside its own parameters. */
const signatureParams = ["timestamp", "recvWindow", "signature", "apiKey"];

function matching(pattern: RegExp, range: string = pattern.source): ParamSpec {
  return {
    required: false,
    check: (name, value) => (pattern.test(value) ? null : illegalCharactersIn(name, range)),
  };
}

const symbolsPattern = /^\[("[A-Z0-9\-_.]{1,40}"(,"[A-Z0-9\-_.]{1,40}"){0,199}){0,1}\]$/;
const integerPattern = /^[0-9]{1,20}$/;
const integer = matching(integerPattern);
const flagPattern = /^(true|false)$/i;

/** The kinds of parameters. `required(param.symbol)` makes one mandatory. */
export const param = {
  symbol: matching(/^[A-Z0-9\-_.]{1,40}$/, "^[A-Z0-9-_.]{1,40}$"),
  /** A JSON array of symbols. */
  symbols: matching(symbolsPattern),
  asset: matching(/^[A-Z0-9]{1,20}$/),
  clientOrderId: matching(/^[a-zA-Z0-9\-_.:/]{1,36}$/, "^[a-zA-Z0-9-_.:/]{1,36}$"),
  decimal: matching(decimalPattern),
  /** Visible characters without blanks at the ends. */
  text: matching(/^[!-~]([ -~]{0,254}[!-~])?$/),
  /** Whole numbers that floats hold exactly. */
  integer: {
    required: false,
    check: (name: string, value: string): DialectError | null =>
      integer.check(name, value) ?? (Number.isSafeInteger(Number(value)) ? null : overflowed(name)),
  },
  flag: {
    required: false,
    check: (name: string, value: string): DialectError | null =>
      flagPattern.test(value) ? null : invalidParameter(name),
  },
} as const satisfies ParamTable;

/** One of a closed set of words; `error` when the dialect has a code of its own for this one. */
export function oneOf(words: readonly string[], error?: DialectError): ParamSpec {
  const known = new Set(words);
  return {
    required: false,
    check: (name, value) => (known.has(value) ? null : (error ?? invalidParameter(name))),
  };
}

export function required(spec: ParamSpec): ParamSpec {
  return { ...spec, required: true };
}

/** Checks what came against a method's table. After that the getters of Params cannot fail. */
export function checkParams(
  table: ParamTable,
  raw: RawParams,
  signed: boolean,
): DialectError | null {
  let read = 0;
  for (const name in table) {
    const spec = table[name]!;
    const value = raw.get(name);
    if (value === undefined) {
      if (spec.required) return missingParameter(name);
      continue;
    }
    if (value === "") return spec.required ? missingParameter(name) : emptyParameter(name);
    const error = spec.check(name, value);
    if (error !== null) return error;
    read++;
  }
  if (read === raw.size) return null;
  if (signed) for (const name of signatureParams) if (raw.has(name)) read++;
  if (read === raw.size) return null;
  const takesNone = !signed && Object.keys(table).length === 0;
  return takesNone ? tooManyParameters(0, raw.size) : unreadParameters(read, raw.size);
}

/** A method's parameters, already checked against its table. */
export class Params {
  readonly #raw: RawParams;

  constructor(raw: RawParams) {
    this.#raw = raw;
  }

  has(name: string): boolean {
    return this.#raw.has(name);
  }

  text(name: string): string | undefined {
    return this.#raw.get(name);
  }

  /** The value of a parameter that the method's table requires. */
  required(name: string): string {
    const value = this.#raw.get(name);
    if (value === undefined) throw new Error(`parameter ${name} is not required by its table`);
    return value;
  }

  integer(name: string): number | undefined {
    const value = this.#raw.get(name);
    return value === undefined ? undefined : Number(value);
  }

  flag(name: string): boolean | undefined {
    return this.#raw.get(name)?.toLowerCase().startsWith("t");
  }

  /** The names in a parameter of the kind `param.symbols`. */
  list(name: string): readonly string[] | undefined {
    const value = this.#raw.get(name);
    return value === undefined ? undefined : (JSON.parse(value) as string[]);
  }
}
