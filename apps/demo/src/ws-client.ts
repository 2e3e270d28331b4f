import { ApiError } from "./api-error.ts";
import { type ApiKey, type Parameters, signedParameters } from "./signed.ts";

const timeoutMs = 5_000;

type Waiting = {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
};
type Reply = {
  readonly id: number;
  readonly status: number;
  readonly result?: unknown;
  readonly error?: {
    readonly code: number;
    readonly msg: string;
    readonly data?: { readonly retryAfter?: number };
  };
};

/**
 * The trading API over one WebSocket, for one key. It connects when it is first needed and again
 * after it was cut; requests under way when it is cut fail, and their sender looks what became of them.
 */
export class WsClient {
  readonly #url: string;
  readonly #key: ApiKey;
  readonly #waiting = new Map<number, Waiting>();
  #socket: Promise<WebSocket> | null = null;
  #nextId = 1;

  constructor(url: string, key: ApiKey) {
    this.#url = `${url.replace(/^http/, "ws")}/ws-api/v3`;
    this.#key = key;
  }

  async signed(method: string, parameters: Parameters): Promise<unknown> {
    this.#socket ??= this.#connect();
    const socket = await this.#socket;
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        // Whoever is silent may be gone without a word: the next request takes a new connection.
        socket.close();
        reject(new Error(`${method} was not answered within ${timeoutMs} ms`));
      }, timeoutMs);
      this.#waiting.set(id, { resolve, reject, timer });
      socket.send(JSON.stringify({ id, method, params: signedParameters(parameters, this.#key) }));
    });
  }

  async close(): Promise<void> {
    const socket = await this.#socket?.catch(() => null);
    socket?.close();
  }

  #connect(): Promise<WebSocket> {
    const socket = new WebSocket(this.#url);
    const lost = () => {
      this.#socket = null;
      for (const { reject, timer } of this.#waiting.values()) {
        clearTimeout(timer);
        reject(new Error("the connection was lost"));
      }
      this.#waiting.clear();
    };
    socket.addEventListener("message", ({ data }) => this.#receive(String(data)));
    socket.addEventListener("close", lost);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => socket.close(), timeoutMs);
      socket.addEventListener("open", () => {
        clearTimeout(timer);
        resolve(socket);
      });
      socket.addEventListener("close", () => {
        clearTimeout(timer);
        reject(new Error(`${this.#url} cannot be reached`));
      });
    });
  }

  #receive(text: string): void {
    const reply = JSON.parse(text) as Reply;
    const waiting = this.#waiting.get(reply.id);
    // What is not an answer is news (the node drains); the close that follows says the same.
    if (waiting === undefined) return;
    this.#waiting.delete(reply.id);
    clearTimeout(waiting.timer);
    const { error } = reply;
    if (error === undefined) {
      waiting.resolve(reply.result);
      return;
    }
    const retryAt = error.data?.retryAfter;
    const waitMs = retryAt === undefined ? 0 : Math.max(0, retryAt - Date.now());
    waiting.reject(new ApiError(reply.status, error.code, error.msg, waitMs));
  }
}
