import WebSocket from "ws";
import { sign, type TestKey, type TestNode } from "./venue.ts";

// Tests look into messages of every shape.
// biome-ignore lint/suspicious/noExplicitAny: the test's own assertions are the check
export type Message = any;

const deadlineMs = 5_000;

/** A client's socket that keeps what it gets until somebody asks for it. */
export class TestSocket {
  readonly ws: WebSocket;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** Everything received so far, parsed. */
  readonly received: Message[] = [];
  #taken = 0;
  #wake: () => void = () => undefined;

  private constructor(ws: WebSocket) {
    this.ws = ws;
    ws.on("message", (data) => {
      this.received.push(JSON.parse(String(data)));
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      ws.on("close", (code, reason) => {
        resolve({ code, reason: String(reason) });
        this.#wake();
      });
    });
    ws.on("error", () => undefined);
  }

  static async open(
    node: Pick<TestNode, "port">,
    path: string,
    options: WebSocket.ClientOptions = {},
  ): Promise<TestSocket> {
    const ws = new WebSocket(`ws://127.0.0.1:${node.port}${path}`, options);
    const socket = new TestSocket(ws);
    await new Promise<void>((resolve, reject) => {
      ws.once("open", () => resolve());
      ws.once("error", reject);
    });
    return socket;
  }

  send(message: unknown): void {
    this.ws.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** The next message that nobody has taken; with a condition, the next that meets it: those before are skipped. */
  async next(
    what = "a message",
    condition: (message: Message) => boolean = () => true,
  ): Promise<Message> {
    const deadline = performance.now() + deadlineMs;
    for (;;) {
      while (this.#taken < this.received.length) {
        const message = this.received[this.#taken++];
        if (condition(message)) return message;
      }
      const leftMs = deadline - performance.now();
      if (leftMs <= 0 || this.ws.readyState === WebSocket.CLOSED) {
        throw new Error(
          `waited in vain for ${what}; got ${JSON.stringify(this.received.slice(-5))}`,
        );
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(leftMs, 100));
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Sends a request and waits for its answer, whatever comes in between. */
  async ask(message: { readonly id: unknown; readonly [name: string]: unknown }): Promise<Message> {
    this.send(message);
    const wanted = JSON.stringify(message.id);
    return this.next(`the answer to ${JSON.stringify(message)}`, (got) => {
      return "id" in got && JSON.stringify(got.id) === wanted;
    });
  }

  close(): void {
    this.ws.close();
  }
}

let requests = 0;

/** Calls a method of the WebSocket API, signed when a key is given. */
export function call(
  socket: TestSocket,
  method: string,
  params: Readonly<Record<string, unknown>> = {},
  key?: TestKey,
): Promise<Message> {
  const id = `r${++requests}`;
  return socket.ask({ id, method, params: key === undefined ? params : signedParams(key, params) });
}

export function signedParams(
  key: TestKey,
  params: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const all: Record<string, unknown> = { timestamp: Date.now(), ...params, apiKey: key.apiKey };
  const payload = Object.keys(all)
    .sort()
    .map((name) => `${name}=${all[name]}`)
    .join("&");
  return { ...all, signature: sign(key, payload) };
}
