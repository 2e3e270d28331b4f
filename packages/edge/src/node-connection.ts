import { connect, type Socket } from "node:net";
import { Readable } from "node:stream";
import { type AnswerHead, AnswerParser } from "./answer-parser.ts";

/** One request as it goes out: `head` is complete, with its empty line. */
export interface OutgoingRequest {
  readonly method: string;
  readonly head: string;
  readonly body: Buffer | null;
}

/**
 * How one attempt ended. `unsent`: the node never got the request. `unknown`: it may have got it
 * and may have executed it. `isNodeFault` says whether this speaks against the node's health.
 */
export type AttemptResult =
  | { readonly kind: "answer"; readonly head: AnswerHead; readonly body: Buffer }
  | { readonly kind: "stream"; readonly head: AnswerHead; readonly stream: Readable }
  | {
      readonly kind: "unsent" | "unknown";
      readonly reason: string;
      readonly isNodeFault: boolean;
    };

export interface ConnectionLimits {
  readonly connectTimeoutMs: number;
  readonly attemptTimeoutMs: number;
  readonly answerBufferBytes: number;
}

/** One string write costs half of a gathered one; latin1 keeps every byte. Larger bodies are not copied. */
export const JOINED_BODY_BYTES_MAX = 16 * 1024;

const EMPTY = Buffer.alloc(0);
/** A node whose connection closes at the very moment of reuse is no worse for it. */
const IDLE_MARGIN_MS = 1_000;
const IDLE_DEFAULT_MS = 4_000;

/** One connection to one node; carries one request at a time. */
export class NodeConnection {
  idleSinceMs = 0;
  readonly #socket: Socket;
  readonly #limits: ConnectionLimits;
  readonly #parser: AnswerParser;
  readonly #onIdle: (connection: NodeConnection) => void;
  #isConnected = false;
  #exchange = 0;
  #resolve: ((result: AttemptResult) => void) | null = null;
  #timer: NodeJS.Timeout | undefined;
  #head: AnswerHead | null = null;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #stream: Readable | null = null;

  constructor(
    address: { readonly host: string; readonly port: number },
    limits: ConnectionLimits,
    callbacks: {
      readonly onIdle: (connection: NodeConnection) => void;
      readonly onClose: (connection: NodeConnection) => void;
    },
  ) {
    this.#limits = limits;
    this.#onIdle = callbacks.onIdle;
    this.#parser = new AnswerParser({
      onHead: (head) => {
        this.#head = head;
      },
      onBody: (chunk) => this.#onBody(chunk),
      onEnd: () => this.#onEnd(),
    });
    this.#socket = connect({ host: address.host, port: address.port, noDelay: true });
    this.#socket.setKeepAlive(true, 10_000);
    this.#socket.once("connect", () => {
      this.#isConnected = true;
    });
    this.#socket.on("data", (chunk: Buffer) => this.#onData(chunk));
    this.#socket.on("error", (error: NodeJS.ErrnoException) => this.#fail(error.code ?? "error"));
    // Not only at "close": that one waits until all that was written has left.
    this.#socket.on("end", () => this.#fail("closed by the node"));
    this.#socket.on("close", () => {
      this.#fail("closed");
      callbacks.onClose(this);
    });
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && this.#socket.readable;
  }

  /** How long it may lie idle before the node is about to close it. */
  get idleMaxMs(): number {
    const stated = this.#parser.keepAliveTimeoutMs;
    return stated === null ? IDLE_DEFAULT_MS : Math.max(stated - IDLE_MARGIN_MS, 0);
  }

  send(request: OutgoingRequest, timeoutMs: number): Promise<AttemptResult> {
    return new Promise((resolve) => {
      this.#exchange += 1;
      this.#resolve = resolve;
      this.#parser.expect(request.method);
      this.#write(request.head, request.body);
      this.#startTimer(timeoutMs);
    });
  }

  /** Gives the request up for this node, so that another can have it. Streams go on. */
  abandon(reason: string): void {
    if (this.#resolve !== null) this.#fail(reason, false);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #write(head: string, body: Buffer | null): void {
    if (body === null || body.length <= JOINED_BODY_BYTES_MAX) {
      this.#socket.write(body === null ? head : head + body.toString("latin1"), "latin1");
      return;
    }
    this.#socket.cork();
    this.#socket.write(head, "latin1");
    this.#socket.write(body);
    this.#socket.uncork();
  }

  #startTimer(timeoutMs: number): void {
    const { connectTimeoutMs } = this.#limits;
    if (this.#isConnected || timeoutMs <= connectTimeoutMs) {
      this.#timer = setTimeout(() => this.#onTimeout(), timeoutMs);
      return;
    }
    this.#timer = setTimeout(() => {
      if (!this.#isConnected) return this.#onTimeout();
      this.#timer = setTimeout(() => this.#onTimeout(), timeoutMs - connectTimeoutMs);
    }, connectTimeoutMs);
  }

  #onTimeout(): void {
    const exchange = this.#exchange;
    // Timers run before sockets are read: after a stall of our own the answer may be waiting.
    setImmediate(() =>
      setImmediate(() => {
        const isPending = this.#resolve !== null || this.#stream !== null;
        // A slow answer is no proof of death: only probes decide then.
        if (isPending && exchange === this.#exchange) this.#fail("timeout", false);
      }),
    );
  }

  #onData(chunk: Buffer): void {
    if (this.#resolve === null && this.#stream === null) {
      this.#fail("unasked bytes");
      return;
    }
    const wrong = this.#parser.feed(chunk);
    if (wrong !== null) this.#fail(`malformed answer: ${wrong}`);
  }

  #onBody(chunk: Buffer): void {
    if (this.#stream !== null) {
      clearTimeout(this.#timer);
      if (this.#stream.push(chunk)) this.#startStreamTimer();
      else this.#socket.pause();
      return;
    }
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limits.answerBufferBytes) this.#beginStream();
  }

  /** Too large to hold: from here on the client gets it as it comes, and it cannot be repeated. */
  #beginStream(): void {
    const resolve = this.#resolve!;
    const head = this.#head!;
    const stream = new Readable({
      read: () => {
        if (this.#stream !== stream || !this.#socket.isPaused()) return;
        this.#startStreamTimer();
        this.#socket.resume();
      },
      destroy: (error, callback) => {
        if (this.#stream === stream) this.destroy();
        callback(error);
      },
    });
    this.#stream = stream;
    this.#resolve = null;
    for (const chunk of this.#chunks) stream.push(chunk);
    this.#chunks = [];
    clearTimeout(this.#timer);
    this.#startStreamTimer();
    resolve({ kind: "stream", head, stream });
  }

  /** Runs while the node has to send; a client that does not read is not the node's fault. */
  #startStreamTimer(): void {
    this.#timer = setTimeout(() => this.#onTimeout(), this.#limits.attemptTimeoutMs);
  }

  #onEnd(): void {
    clearTimeout(this.#timer);
    const { keepAlive } = this.#parser;
    const resolve = this.#resolve;
    const stream = this.#stream;
    const head = this.#head!;
    const chunks = this.#chunks;
    this.#resolve = null;
    this.#stream = null;
    this.#head = null;
    this.#chunks = [];
    this.#bytes = 0;
    // The last chunk of a stream may have paused it.
    this.#socket.resume();
    if (keepAlive) this.#onIdle(this);
    else this.destroy();
    stream?.push(null);
    resolve?.({ kind: "answer", head, body: joined(chunks) });
  }

  #fail(reason: string, isNodeFault = true): void {
    clearTimeout(this.#timer);
    this.#socket.destroy();
    const resolve = this.#resolve;
    const stream = this.#stream;
    this.#resolve = null;
    this.#stream = null;
    stream?.destroy(new Error(`The node's answer broke off: ${reason}`));
    resolve?.({ kind: this.#isConnected ? "unknown" : "unsent", reason, isNodeFault });
  }
}

function joined(chunks: Buffer[]): Buffer {
  if (chunks.length === 0) return EMPTY;
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}
