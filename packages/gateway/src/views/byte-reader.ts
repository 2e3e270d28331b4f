const decoder = new TextDecoder("utf-8", { fatal: true });

/** Reads what ByteWriter wrote; throws when something reaches beyond the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  u53(): number {
    const bytes = this.#bytes;
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++) {
      const byte = bytes[this.#at++];
      if (byte === undefined) break;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
    throw new Error("the saved views are damaged: a number does not end; restore another snapshot");
  }

  signed(): number {
    const value = this.u53();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  text(): string {
    return decoder.decode(this.raw(this.u53()));
  }

  /** A view of the next bytes. */
  raw(length: number): Uint8Array {
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) {
      throw new Error("the saved views are damaged: bytes are missing; restore another snapshot");
    }
    return this.#bytes.subarray(start, this.#at);
  }
}
