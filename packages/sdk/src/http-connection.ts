import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { AnswerReader, type HttpAnswer } from "./http-answer.ts";

/** `wasSent`: the other side may have got the request. */
export type SendingResult =
  | ({ readonly kind: "answer" } & HttpAnswer)
  | { readonly kind: "lost"; readonly reason: string; readonly wasSent: boolean };

export type Address = { readonly host: string; readonly port: number; readonly isTls: boolean };

/** The other side may close an idle connection: before that, none is used again. */
const idleDefaultMs = 4_000;
const idleMarginMs = 1_000;

/** One connection of HTTP/1.1, for one request at a time. node:http takes twice the time for each. */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #reader: AnswerReader;
  readonly #onIdle: (connection: HttpConnection) => void;
  readonly #onClose: (connection: HttpConnection) => void;
  #onResult: ((result: SendingResult) => void) | null = null;
  #isConnected = false;
  #isOver = false;
  #usableUntilMs = Number.POSITIVE_INFINITY;

  constructor(
    { host, port, isTls }: Address,
    answerBytesMax: number,
    onIdle: (connection: HttpConnection) => void,
    onClose: (connection: HttpConnection) => void,
  ) {
    this.#onIdle = onIdle;
    this.#onClose = onClose;
    this.#reader = new AnswerReader(answerBytesMax);
    const servername = isIP(host) === 0 ? { servername: host } : {};
    this.#socket = isTls ? connectTls({ host, port, ...servername }) : connect({ host, port });
    this.#socket.setNoDelay(true);
    this.#socket.once(isTls ? "secureConnect" : "connect", () => {
      this.#isConnected = true;
    });
    this.#socket.on("data", (bytes: Buffer) => this.#hear(bytes));
    this.#socket.on("error", (error: NodeJS.ErrnoException) =>
      this.#fail(error.code ?? error.message),
    );
    this.#socket.on("end", () => this.#ended());
    this.#socket.on("close", () => this.#fail("the connection was closed"));
  }

  isUsable(nowMs: number): boolean {
    return !this.#isOver && nowMs < this.#usableUntilMs;
  }

  /** A whole request; `onResult` is called once, later, unless the connection is destroyed before. */
  send(text: string, onResult: (result: SendingResult) => void): void {
    this.#onResult = onResult;
    this.#socket.ref();
    this.#socket.write(text, "latin1");
  }

  /** Nothing is called any more. */
  destroy(): void {
    this.#onResult = null;
    this.#fail("");
  }

  #hear(bytes: Buffer): void {
    if (this.#isOver) return;
    if (this.#onResult === null) {
      this.#fail("an answer that nobody asked for");
      return;
    }
    try {
      const answer = this.#reader.push(bytes);
      if (answer !== null) this.#finish(answer);
    } catch (error) {
      this.#fail((error as Error).message);
    }
  }

  #finish(answer: HttpAnswer): void {
    const onResult = this.#onResult!;
    this.#onResult = null;
    const { connection, "keep-alive": hint } = answer.headers;
    const isKept = connection?.toLowerCase() !== "close" && this.#reader.isBlank;
    if (isKept) {
      const seconds = /timeout=(\d{1,6})/.exec(hint ?? "")?.[1];
      const idleMs = seconds === undefined ? idleDefaultMs : Number(seconds) * 1_000;
      this.#usableUntilMs = performance.now() + Math.max(0, idleMs - idleMarginMs);
      // A program that waits for nothing else may end.
      this.#socket.unref();
      this.#onIdle(this);
    } else this.destroy();
    onResult({ kind: "answer", ...answer });
  }

  #ended(): void {
    const answer = this.#onResult === null ? null : this.#reader.end();
    if (answer === null) this.#fail("the connection was closed");
    else this.#finish(answer);
  }

  #fail(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#socket.destroy();
    this.#onClose(this);
    this.#onResult?.({ kind: "lost", reason, wasSent: this.#isConnected });
    this.#onResult = null;
  }
}
