/** Little-endian words of a batch, one after the other. */
export class WordCursor {
  readonly #view: DataView;
  /** In words. */
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  int(): number {
    return this.#view.getInt32(this.at++ * 4, true);
  }
  long(): bigint {
    const value = this.#view.getBigInt64(this.at * 4, true);
    this.at += 2;
    return value;
  }
  text(): string {
    const length = this.int();
    if (length === 0) return "";
    const bytes = new Uint8Array(this.#view.buffer, this.#view.byteOffset + this.at * 4, length);
    this.at += Math.ceil(length / 4);
    return new TextDecoder().decode(bytes);
  }
  slice(from: number, to: number): number[] {
    const words: number[] = [];
    for (let at = from; at < to; at++) words.push(this.#view.getInt32(at * 4, true));
    return words;
  }
}
