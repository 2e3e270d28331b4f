/** Reads what WordWriter wrote. `ok` turns false, and stays so, when something reaches beyond `end`. */
export class WordReader {
  readonly words: Int32Array;
  at: number;
  readonly end: number;
  ok = true;

  constructor(words: Int32Array, start = 0, end: number = words.length) {
    this.words = words;
    this.at = start;
    this.end = end;
  }

  /** Whether all of it was there, and nothing behind it. */
  get done(): boolean {
    return this.ok && this.at === this.end;
  }

  private take(count: number): number {
    const at = this.at;
    if (count < 0 || at + count > this.end) {
      this.ok = false;
      return -1;
    }
    this.at = at + count;
    return at;
  }

  i32(): number {
    const at = this.take(1);
    return at < 0 ? 0 : this.words[at]!;
  }

  /** A safe integer 0..2^53-1; not `ok` when the words say more. */
  u53(): number {
    const at = this.take(2);
    if (at < 0) return 0;
    const value = readU53(this.words, at);
    if (!Number.isSafeInteger(value)) {
      this.ok = false;
      return 0;
    }
    return value;
  }

  i64(): bigint {
    const at = this.take(2);
    return at < 0 ? 0n : readI64(this.words, at);
  }

  bytes(lengthMax: number = 1 << 20): Uint8Array {
    const length = this.i32();
    const at = this.takeBytes(length, lengthMax);
    return at < 0 ? new Uint8Array(0) : unpack(this.words, at, length);
  }

  text(lengthMaxBytes: number): string {
    const length = this.i32();
    const at = this.takeBytes(length, lengthMaxBytes);
    if (at < 0) return "";
    const text = readText(this.words, at, length);
    if (text === null) {
      this.ok = false;
      return "";
    }
    return text;
  }

  /** Passes over bytes that stand behind their length; returns where they begin, -1 when they are not there. */
  skipBytes(lengthMax: number): number {
    const at = this.takeBytes(this.i32(), lengthMax);
    return this.ok ? at : -1;
  }

  /** Where so many bytes begin; -1, and not `ok`, when they are not there. */
  private takeBytes(length: number, lengthMax: number): number {
    if (length < 0 || length > lengthMax) {
      this.ok = false;
      return -1;
    }
    const at = this.take((length + 3) >>> 2);
    if (at >= 0 && !isPadded(this.words, at, length)) this.ok = false;
    return at;
  }

  run(): Int32Array {
    return this.view().slice();
  }

  /** The same words where they lie: for whoever copies what is to stay. */
  view(): Int32Array {
    const length = this.i32();
    const at = this.take(length);
    return at < 0 ? new Int32Array(0) : this.words.subarray(at, at + length);
  }
}

/** Two words, low first, as a number; beyond 2^53 the number is not a safe integer. */
export function readU53(words: Int32Array, at: number): number {
  return (words[at + 1]! >>> 0) * 4294967296 + (words[at]! >>> 0);
}

/** Two words, low first, as a signed 64-bit integer. */
export function readI64(words: Int32Array, at: number): bigint {
  return (BigInt(words[at + 1]!) << 32n) | BigInt(words[at]! >>> 0);
}

/** Whether the bytes that begin at words[at] are followed by zeros to the end of their last word. */
function isPadded(words: Int32Array, at: number, byteCount: number): boolean {
  const rest = byteCount & 3;
  return rest === 0 || words[at + (byteCount >>> 2)]! >>> (rest * 8) === 0;
}

/** Whether so many bytes from words[at] on are a text, padded with zeros. Plain ASCII is seen at once. */
export function isText(words: Int32Array, at: number, byteCount: number): boolean {
  if (!isPadded(words, at, byteCount)) return false;
  const end = at + ((byteCount + 3) >>> 2);
  let bits = 0;
  for (let i = at; i < end; i++) bits |= words[i]!;
  return (bits & 0x80808080) === 0 || decodeUtf8(unpack(words, at, byteCount)) !== null;
}

/** The text of so many bytes from words[at] on, null when they are none. A snapshot has many of them. */
export function readText(words: Int32Array, at: number, byteCount: number): string | null {
  const end = at + ((byteCount + 3) >>> 2);
  let bits = 0;
  for (let i = at; i < end; i++) bits |= words[i]!;
  if ((bits & 0x80808080) !== 0) return decodeUtf8(unpack(words, at, byteCount));
  let text = "";
  let i = 0;
  for (; i + 4 <= byteCount; i += 4) {
    const word = words[at + (i >>> 2)]!;
    text += String.fromCharCode(word & 127, (word >>> 8) & 127, (word >>> 16) & 127, word >>> 24);
  }
  for (; i < byteCount; i++) {
    text += String.fromCharCode((words[at + (i >>> 2)]! >>> ((i & 3) * 8)) & 127);
  }
  return text;
}

function unpack(words: Int32Array, at: number, byteCount: number): Uint8Array {
  const bytes = new Uint8Array(byteCount);
  for (let i = 0; i < byteCount; i++) bytes[i] = words[at + (i >>> 2)]! >>> ((i & 3) * 8);
  return bytes;
}

/** The text of well-formed UTF-8 in its shortest form, else null. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  let out = "";
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i++]!;
    if (first < 0x80) {
      out += String.fromCharCode(first);
      continue;
    }
    const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    if (first < 0xc2 || first > 0xf4 || i + more > bytes.length) return null;
    let code = first & (0x3f >> more);
    for (let k = 0; k < more; k++) {
      const next = bytes[i++]!;
      if ((next & 0xc0) !== 0x80) return null;
      code = (code << 6) | (next & 63);
    }
    const smallest = more === 3 ? 0x10000 : more === 2 ? 0x800 : 0x80;
    if (code < smallest || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return null;
    out += String.fromCodePoint(code);
  }
  return out;
}
