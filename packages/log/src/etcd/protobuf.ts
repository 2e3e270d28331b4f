/** The part of protobuf's wire format that etcd's messages need: varints and what has a length. */

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

const NO_BYTES = new Uint8Array(0);

/** Collects the fields of one message; the bytes are joined once, at the end. */
export class MessageWriter {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  /** An integer from 0 to 2^53 - 1, or a truth value. Zero is the default and is left out. */
  varint(field: number, value: number | boolean): this {
    if (Number(value) === 0) return this;
    return this.#add(varintBytes(field * 8 + VARINT, Number(value)));
  }

  bytes(field: number, value: Uint8Array): this {
    this.#add(varintBytes(field * 8 + LENGTH_DELIMITED, value.byteLength));
    return value.byteLength === 0 ? this : this.#add(value);
  }

  message(field: number, message: MessageWriter): this {
    this.#add(varintBytes(field * 8 + LENGTH_DELIMITED, message.#length));
    for (const part of message.#parts) this.#add(part);
    return this;
  }

  finish(): Buffer {
    return Buffer.concat(this.#parts, this.#length);
  }

  #add(part: Uint8Array): this {
    this.#parts.push(part);
    this.#length += part.byteLength;
    return this;
  }
}

function varintBytes(...values: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (let rest of values) {
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
    bytes.push(rest);
  }
  return Uint8Array.from(bytes);
}

/** Goes through the fields of one message: `while (reader.next()) ...`. Unread values are skipped. */
export class MessageReader {
  readonly #bytes: Uint8Array;
  #offset = 0;
  #wireType = VARINT;
  #isRead = true;
  field = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  next(): boolean {
    if (!this.#isRead) this.#skip();
    if (this.#offset >= this.#bytes.byteLength) return false;
    const tag = this.#varint();
    this.field = Math.floor(tag / 8);
    this.#wireType = tag % 8;
    this.#isRead = false;
    return true;
  }

  /** Exact up to 2^53 - 1; etcd's ids, which are larger, are only compared with one another. */
  varint(): number {
    this.#expect(VARINT);
    return this.#varint();
  }

  /** A view into the message. */
  bytes(): Uint8Array {
    this.#expect(LENGTH_DELIMITED);
    const length = this.#varint();
    if (length === 0) return NO_BYTES;
    this.#offset += length;
    if (this.#offset > this.#bytes.byteLength) throw new Error("a protobuf message is cut short");
    return this.#bytes.subarray(this.#offset - length, this.#offset);
  }

  text(): string {
    return new TextDecoder().decode(this.bytes());
  }

  #expect(wireType: number): void {
    if (this.#wireType !== wireType) {
      throw new Error(`protobuf field ${this.field} has wire type ${this.#wireType}`);
    }
    this.#isRead = true;
  }

  #varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes[this.#offset++];
      if (byte === undefined) throw new Error("a protobuf message is cut short");
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  }

  #skip(): void {
    switch (this.#wireType) {
      case VARINT:
        this.varint();
        return;
      case LENGTH_DELIMITED:
        this.bytes();
        return;
      case FIXED64:
      case FIXED32:
        this.#offset += this.#wireType === FIXED64 ? 8 : 4;
        this.#isRead = true;
        return;
      default:
        throw new Error(`protobuf field ${this.field} has wire type ${this.#wireType}`);
    }
  }
}
