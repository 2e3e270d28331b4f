import type { Random } from "@halcyon/sim";

/** Values that somebody somewhere takes for something else. */
const oddValues = [
  ...[
    "",
    "0",
    "-0",
    "-1",
    "1",
    "00",
    "01",
    "1e400",
    "1e-9",
    "0x10",
    "NaN",
    "Infinity",
    "+1",
    "1_000",
  ],
  ...[
    "9007199254740993",
    "9223372036854775807",
    "92233720368547758.08",
    "9".repeat(20),
    "9".repeat(40),
  ],
  ...[
    "0.1",
    ".5",
    "5.",
    "1,5",
    `0.${"1".repeat(30)}`,
    "true",
    "null",
    "undefined",
    "[]",
    "{}",
    "[[]]",
  ],
  ...["__proto__", "constructor", "toString", "' OR 1=1 --", "../../etc/passwd", "%00", "%"],
  ...[
    "\0",
    "\r\nX-Evil: 1",
    "\u0661",
    "\uff11",
    "\ufeff",
    "\u202e",
    "\ud83d\ude00",
    "\u00df",
    "x".repeat(300),
  ],
  ...[
    "BTCUSDT",
    "btcusdt",
    "FUZZUSDT",
    "BUY",
    "SELL",
    "LIMIT",
    "MARKET",
    "GTC",
    "FOK",
    "2",
    "3",
    "100",
  ],
] as const;

/** One change, or a few, to a value that would be taken. */
export function mutateText(random: Random, text: string): string {
  const at = random.below(text.length + 1);
  switch (random.below(6)) {
    case 0:
      return random.pick(oddValues);
    case 1:
      return text.slice(0, at) + random.pick(oddValues) + text.slice(at);
    case 2:
      return text.slice(0, at) + text.slice(at + 1 + random.below(3));
    case 3:
      return text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1);
    case 4:
      return text + text;
    default:
      return /\d/.test(text)
        ? text.replace(/\d/, () => String(random.below(10)))
        : text.toLowerCase();
  }
}

export type Fields = Readonly<Record<string, unknown>>;

/** The fields with some of them changed, gone, doubled under another name, or of another kind. */
export function mutateFields(random: Random, fields: Fields): Record<string, unknown> {
  const changed: Record<string, unknown> = { ...fields };
  for (let count = 1 + random.below(2); count > 0; count--) {
    const names = Object.keys(changed);
    const name = names.length === 0 ? "a" : random.pick(names);
    switch (random.below(8)) {
      case 0:
        delete changed[name];
        break;
      case 1:
        changed[mutateText(random, name)] = changed[name];
        break;
      case 2:
        changed[random.pick(oddValues)] = random.pick(oddValues);
        break;
      case 3:
        changed[name] = random.pick<unknown>([null, true, 5, -0, 1.5, [], {}, [[1]], { a: "b" }]);
        break;
      default:
        changed[name] = mutateText(random, textOf(changed[name]));
    }
  }
  return changed;
}

/** An object may have been given a `toString` that is none. */
function textOf(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "");
}

/** Bytes with a few of them changed, put in, or cut out. */
export function mutateBytes(random: Random, bytes: Buffer): Buffer {
  let changed = bytes;
  for (let count = 1 + random.below(4); count > 0; count--) {
    const at = random.below(changed.length + 1);
    const put = Buffer.from([random.below(256)]);
    const skipped = random.pick([0, 0, 1, 1, 8]);
    changed = Buffer.concat([changed.subarray(0, at), put, changed.subarray(at + skipped)]);
  }
  return changed;
}
