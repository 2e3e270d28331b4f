/**
 * Reads HTTP/1.1 answers from a node, piece by piece. It replaces node:http's client on this path
 * because the edge has to know exactly when an answer is whole, and because it costs a third.
 *
 *   head --(1xx)--> head
 *   head --> none | length | chunk-size --> chunk-data --> chunk-end --> chunk-size ... --> trailers
 *   every one of them --> done
 *
 * Strict on purpose: nodes are ours, so anything odd is a broken connection.
 */
export interface AnswerHead {
  readonly status: number;
  /** Names and values in turn, as received. */
  readonly headers: readonly string[];
}

export interface AnswerSink {
  onHead(head: AnswerHead): void;
  onBody(chunk: Buffer): void;
  onEnd(): void;
}

type State = "head" | "length" | "chunk-size" | "chunk-data" | "chunk-end" | "trailers" | "done";

const HEAD_BYTES_MAX = 64 * 1024;
const LINE_BYTES_MAX = 1024;
const HEAD_END = "\r\n\r\n";
const LINE_END = "\r\n";
const STATUS_LINE = /^HTTP\/1\.1 (\d{3})(?: .*)?$/;
const CHUNK_SIZE = /^[0-9a-fA-F]{1,8}$/;
const CONTENT_LENGTH = /^\d{1,15}$/;
const KEEP_ALIVE_TIMEOUT = /timeout=(\d{1,6})/;

export class AnswerParser {
  /** Whether the node keeps the connection open after this answer. */
  keepAlive = true;
  /** How long it says it keeps it, in milliseconds; null when it does not say. */
  keepAliveTimeoutMs: number | null = null;
  readonly #sink: AnswerSink;
  #state: State = "done";
  #rest: Buffer | null = null;
  #remaining = 0;
  #bodiless = false;

  constructor(sink: AnswerSink) {
    this.#sink = sink;
  }

  /** Makes ready for the answer to a request of this method. */
  expect(method: string): void {
    this.#state = "head";
    this.#rest = null;
    this.#bodiless = method === "HEAD";
    this.keepAlive = true;
  }

  /** Returns what is wrong with the bytes, or null. */
  feed(chunk: Buffer): string | null {
    let bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = null;
    while (bytes.length > 0) {
      if (this.#state === "done") return "bytes after the end of the answer";
      if (this.#state === "length" || this.#state === "chunk-data") {
        bytes = this.#takeBody(bytes);
        continue;
      }
      const inHead = this.#state === "head";
      const terminator = inHead ? HEAD_END : LINE_END;
      const end = bytes.indexOf(terminator, 0, "latin1");
      if (end > (inHead ? HEAD_BYTES_MAX : LINE_BYTES_MAX)) return "a line too long";
      if (end === -1) {
        if (bytes.length > (inHead ? HEAD_BYTES_MAX : LINE_BYTES_MAX)) return "a line too long";
        this.#rest = bytes;
        return null;
      }
      const text = bytes.toString("latin1", 0, end);
      bytes = bytes.subarray(end + terminator.length);
      const wrong = inHead ? this.#takeHead(text) : this.#takeLine(text);
      if (wrong !== null) return wrong;
    }
    return null;
  }

  #takeBody(bytes: Buffer): Buffer {
    const size = Math.min(this.#remaining, bytes.length);
    this.#remaining -= size;
    const isLast = this.#remaining === 0;
    const wasLength = this.#state === "length";
    if (isLast) this.#state = wasLength ? "done" : "chunk-end";
    this.#sink.onBody(size === bytes.length ? bytes : bytes.subarray(0, size));
    if (isLast && wasLength) this.#sink.onEnd();
    return bytes.subarray(size);
  }

  /** A line of the chunked framing: a size, the empty line after a chunk, or a trailer. */
  #takeLine(line: string): string | null {
    if (this.#state === "chunk-end") {
      if (line !== "") return "a chunk longer than its size";
      this.#state = "chunk-size";
      return null;
    }
    if (this.#state === "trailers") {
      if (line === "") this.#finish();
      return null;
    }
    const extension = line.indexOf(";");
    const size = extension === -1 ? line : line.slice(0, extension);
    if (!CHUNK_SIZE.test(size)) return "a chunk size that is no number";
    this.#remaining = Number.parseInt(size, 16);
    this.#state = this.#remaining === 0 ? "trailers" : "chunk-data";
    return null;
  }

  #takeHead(text: string): string | null {
    const lines = text.split(LINE_END);
    const statusLine = STATUS_LINE.exec(lines[0]!);
    if (statusLine === null) return "no HTTP/1.1 status line";
    const status = Number(statusLine[1]);
    if (status === 101) return "an upgrade nobody asked for";
    // Informational answers (100 Continue, 103 Early Hints) precede the real one.
    if (status < 200) return null;
    const headers: string[] = [];
    let length: string | null = null;
    let isChunked = false;
    for (let index = 1; index < lines.length; index += 1) {
      const line = lines[index]!;
      const colon = line.indexOf(":");
      if (colon <= 0) return "a header line without a name";
      const name = line.slice(0, colon);
      const value = line.slice(colon + 1).trim();
      headers.push(name, value);
      // Lengths of the four names that matter: spares most lines the lower-casing.
      if (colon !== 10 && colon !== 14 && colon !== 17) continue;
      const lower = name.toLowerCase();
      if (lower === "content-length") {
        if (length !== null || !CONTENT_LENGTH.test(value)) return "a bad Content-Length";
        length = value;
      } else if (lower === "transfer-encoding") {
        if (value.toLowerCase() !== "chunked") return "an unknown Transfer-Encoding";
        isChunked = true;
      } else if (lower === "connection") {
        if (value.toLowerCase() === "close") this.keepAlive = false;
      } else if (lower === "keep-alive") {
        const seconds = KEEP_ALIVE_TIMEOUT.exec(value)?.[1];
        if (seconds !== undefined) this.keepAliveTimeoutMs = Number(seconds) * 1000;
      }
    }
    if (length !== null && isChunked) return "both Content-Length and Transfer-Encoding";
    return this.#begin({ status, headers }, length, isChunked);
  }

  #begin(head: AnswerHead, length: string | null, isChunked: boolean): string | null {
    const hasNoBody = this.#bodiless || head.status === 204 || head.status === 304;
    if (!hasNoBody && !isChunked && length === null) return "an answer without a length";
    this.#sink.onHead(head);
    if (hasNoBody) {
      this.#finish();
    } else if (isChunked) {
      this.#state = "chunk-size";
    } else {
      this.#remaining = Number(length);
      if (this.#remaining === 0) this.#finish();
      else this.#state = "length";
    }
    return null;
  }

  #finish(): void {
    this.#state = "done";
    this.#sink.onEnd();
  }
}
