/** Names in lower case; of a header that came several times, the last value. */
export type AnswerHeaders = Readonly<Record<string, string | undefined>>;
export type HttpAnswer = {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly text: string;
};

const headBytesMax = 64 << 10;
const headEnd = Buffer.from("\r\n\r\n");
const nothing = Buffer.alloc(0);

/**
 * Reads the answers on one connection of HTTP/1.1, one after the other (RFC 9112). Throws where what
 * came is none, or is too long: such a connection is of no use any more.
 */
export class AnswerReader {
  readonly #bytesMax: number;
  #bytes: Buffer = nothing;
  #head: { readonly status: number; readonly headers: AnswerHeaders } | null = null;
  /** The parts of a chunked body that are whole. */
  #parts: Buffer[] = [];
  #partsBytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Whether nothing of an answer has come yet. */
  get isBlank(): boolean {
    return this.#head === null && this.#bytes.length === 0;
  }

  /** The answer, once it is whole. */
  push(bytes: Buffer): HttpAnswer | null {
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes]);
    if (this.#bytes.length > this.#bytesMax + headBytesMax)
      throw new Error("the answer is too long");
    while (this.#head === null) if (!this.#readHead()) return null;
    const { status, headers } = this.#head;
    if (status === 204 || status === 304) return this.#finish("");
    if (headers["transfer-encoding"] !== undefined) return this.#readChunks();
    const length = lengthOf(headers);
    // Without a length a body ends with its connection.
    return length !== null && this.#bytes.length >= length
      ? this.#finish(this.#take(length))
      : null;
  }

  /** The connection has ended: the answer, if that was its end. */
  end(): HttpAnswer | null {
    const head = this.#head;
    const isWhole =
      head !== null &&
      head.headers["transfer-encoding"] === undefined &&
      head.headers["content-length"] === undefined;
    return isWhole ? this.#finish(this.#take(this.#bytes.length)) : null;
  }

  /** False: more must come. Interim answers (1xx) are passed over. */
  #readHead(): boolean {
    const end = this.#bytes.indexOf(headEnd);
    if (end < 0) {
      if (this.#bytes.length > headBytesMax) throw new Error("the answer's head is too long");
      return false;
    }
    const lines = this.#bytes.toString("latin1", 0, end).split("\r\n");
    this.#bytes = this.#bytes.subarray(end + headEnd.length);
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(lines[0]!)?.[1]);
    if (Number.isNaN(status)) throw new Error("the answer is not of HTTP/1.1");
    if (status >= 200) this.#head = { status, headers: headersOf(lines) };
    return true;
  }

  #readChunks(): HttpAnswer | null {
    for (;;) {
      const lineEnd = this.#bytes.indexOf("\r\n");
      if (lineEnd < 0) return null;
      const size = /^([0-9a-f]{1,7})[ \t]*(?:;|$)/i.exec(
        this.#bytes.toString("latin1", 0, lineEnd),
      )?.[1];
      if (size === undefined) throw new Error("the answer's chunks are malformed");
      const bytes = Number.parseInt(size, 16);
      // The last one is followed by trailers, of which nobody has use, and an empty line.
      if (bytes === 0) {
        const end = this.#bytes.indexOf(headEnd, lineEnd);
        if (end < 0) return null;
        this.#bytes = this.#bytes.subarray(end + headEnd.length);
        return this.#finish(Buffer.concat(this.#parts).toString("utf8"));
      }
      const start = lineEnd + 2;
      if (this.#bytes.length < start + bytes + 2) return null;
      this.#parts.push(this.#bytes.subarray(start, start + bytes));
      this.#partsBytes += bytes;
      if (this.#partsBytes > this.#bytesMax) throw new Error("the answer is too long");
      this.#bytes = this.#bytes.subarray(start + bytes + 2);
    }
  }

  #take(length: number): string {
    const text = this.#bytes.toString("utf8", 0, length);
    this.#bytes = this.#bytes.length === length ? nothing : this.#bytes.subarray(length);
    return text;
  }

  #finish(text: string): HttpAnswer {
    const { status, headers } = this.#head!;
    this.#head = null;
    this.#parts = [];
    this.#partsBytes = 0;
    return { status, headers, text };
  }
}

function headersOf(lines: readonly string[]): AnswerHeaders {
  const headers: Record<string, string> = {};
  for (let at = 1; at < lines.length; at++) {
    const line = lines[at]!;
    const colon = line.indexOf(":");
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return headers;
}

function lengthOf(headers: AnswerHeaders): number | null {
  const length = headers["content-length"];
  if (length === undefined) return null;
  if (!/^\d{1,15}$/.test(length)) throw new Error("the answer's length is malformed");
  return Number(length);
}
