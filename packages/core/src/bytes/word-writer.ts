/** A growing buffer of 32-bit words: what commands, batches and snapshots of small things are written into. */
export class WordWriter {
  declare words: Int32Array;
  length = 0;
  /** Of `words`: read faster than their length. */
  declare private capacity: number;

  constructor(capacityWords = 1024) {
    this.words = new Int32Array(capacityWords);
    this.capacity = capacityWords;
  }

  reserve(more: number): void {
    const needed = this.length + more;
    if (needed > this.capacity) this.grow(needed);
  }

  private grow(needed: number): void {
    while (this.capacity < needed) this.capacity *= 2;
    const grown = new Int32Array(this.capacity);
    grown.set(this.words.subarray(0, this.length));
    this.words = grown;
  }

  i32(value: number): this {
    this.reserve(1);
    this.words[this.length++] = value;
    return this;
  }

  /** A safe integer from 0 to 2^53 - 1 as two words, low first. */
  u53(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new RangeError(`${value} is not 0..2^53-1`);
    this.reserve(2);
    this.words[this.length++] = value | 0;
    this.words[this.length++] = (value / 4294967296) | 0;
    return this;
  }

  /** A signed 64-bit integer as two words, low first. */
  i64(value: bigint): this {
    if (BigInt.asIntN(64, value) !== value) throw new RangeError(`${value} does not fit 64 bits`);
    this.reserve(2);
    this.words[this.length++] = Number(BigInt.asIntN(32, value));
    this.words[this.length++] = Number(value >> 32n);
    return this;
  }

  /** Length in bytes, then the bytes, padded with zeros to a whole word. */
  bytes(value: Uint8Array): this {
    const wordCount = (value.length + 3) >>> 2;
    this.reserve(1 + wordCount);
    this.words[this.length++] = value.length;
    for (let i = 0; i < wordCount; i++) {
      const b = i * 4;
      this.words[this.length++] =
        (value[b] ?? 0) |
        ((value[b + 1] ?? 0) << 8) |
        ((value[b + 2] ?? 0) << 16) |
        ((value[b + 3] ?? 0) << 24);
    }
    return this;
  }

  /** Bytes that lie packed in words already. */
  packed(byteCount: number, source: Int32Array, from: number): this {
    this.i32(byteCount);
    for (let i = 0; i < (byteCount + 3) >>> 2; i++) this.i32(source[from + i]!);
    return this;
  }

  /** A string as UTF-8 bytes. */
  text(value: string): this {
    const { length } = value;
    this.reserve(1 + ((length + 3) >>> 2));
    const { words } = this;
    let at = this.length;
    words[at] = length;
    let word = 0;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      // What is more than plain ASCII takes more bytes than it has characters.
      if (code > 127) return this.bytes(encodeUtf8(value));
      word |= code << ((i & 3) * 8);
      if ((i & 3) !== 3) continue;
      words[++at] = word;
      word = 0;
    }
    if ((length & 3) !== 0) words[++at] = word;
    this.length = at + 1;
    return this;
  }

  /** A run of words with its length before it. */
  run(value: Int32Array): this {
    return this.i32(value.length).all(value);
  }

  /** Words as they are. */
  all(value: Int32Array): this {
    this.reserve(value.length);
    this.words.set(value, this.length);
    this.length += value.length;
    return this;
  }

  /** A copy of what was written. */
  toWords(): Int32Array {
    return this.words.slice(0, this.length);
  }
}

/** UTF-8 by hand: the core's fence leaves no TextEncoder. Lone surrogates become U+FFFD. */
export function encodeUtf8(value: string): Uint8Array {
  const out: number[] = [];
  for (const character of value) {
    let code = character.codePointAt(0)!;
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x80) out.push(code);
    else if (code < 0x800) out.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000)
      out.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else
      out.push(
        0xf0 | (code >> 18),
        0x80 | ((code >> 12) & 63),
        0x80 | ((code >> 6) & 63),
        0x80 | (code & 63),
      );
  }
  return Uint8Array.from(out);
}
