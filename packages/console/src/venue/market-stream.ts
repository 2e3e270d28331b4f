import { createStore, type Store } from "./store.ts";

export interface StreamState {
  readonly phase: "connecting" | "open" | "lost";
  /** How often a connection was made; from the second on something was interrupted. */
  readonly connections: number;
  /** By `performance.now()`: when the venue was last heard, by an event or by an answer. */
  readonly heardAtMs: number;
  /** When the next attempt begins; null while none is due. */
  readonly retryAtMs: number | null;
}

export interface StreamListener {
  /** One event of the stream, as it came. */
  event(data: unknown): void;
  /** The stream flows, for the first time or again: what happened in between was not heard. */
  started(): void;
  /** The stream is interrupted. */
  stopped(): void;
}

/** The venue allows five control messages a second. */
const CONTROL_INTERVAL_MS = 250;
/** A quiet market says nothing: the connection is asked whether it is there. */
const PROBE_INTERVAL_MS = 2_500;
/** Without any word for so long the connection is taken for dead. */
const SILENT_MAX_MS = 8_000;
const RETRY_MIN_MS = 150;
const RETRY_MAX_MS = 5_000;

/** One WebSocket for all market streams of the page; connects again by itself, for ever. */
export class MarketStream {
  readonly state: Store<StreamState> = createStore<StreamState>({
    phase: "connecting",
    connections: 0,
    heardAtMs: performance.now(),
    retryAtMs: null,
  });
  readonly #url: string;
  readonly #listeners = new Map<string, Set<StreamListener>>();
  /** What this connection was asked for; the rest is asked for at the next control message. */
  readonly #asked = new Set<string>();
  /** Streams to be told of as started, by the id of the message that asks for them. */
  readonly #pending = new Map<number, readonly string[]>();
  #socket: WebSocket | null = null;
  #controlTimer: ReturnType<typeof setTimeout> | undefined;
  #probeTimer: ReturnType<typeof setInterval> | undefined;
  #retryMs = RETRY_MIN_MS;
  #nextId = 1;

  constructor(url: string) {
    this.#url = url;
    this.#connect();
    addEventListener("online", () => this.#connectNow());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#connectNow();
    });
  }

  /** Listens to a stream such as `btcusdt@trade` until the returned function is called. */
  listen(stream: string, listener: StreamListener): () => void {
    const listeners = this.#listeners.get(stream) ?? new Set();
    this.#listeners.set(stream, listeners.add(listener));
    if (this.#asked.has(stream) && !this.#isPending(stream)) listener.started();
    this.#controlSoon();
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(stream) === listeners) {
        this.#listeners.delete(stream);
      }
      this.#controlSoon();
    };
  }

  #isPending(stream: string): boolean {
    return [...this.#pending.values()].some((streams) => streams.includes(stream));
  }

  #connect(): void {
    this.#update({ phase: "connecting", retryAtMs: null });
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => {
      const { connections } = this.state.get();
      this.#update({ phase: "open", connections: connections + 1, heardAtMs: performance.now() });
      this.#controlSoon();
    };
    socket.onmessage = ({ data }) => this.#hear(String(data));
    socket.onclose = () => this.#lose(socket);
    clearInterval(this.#probeTimer);
    this.#probeTimer = setInterval(() => this.#probe(socket), PROBE_INTERVAL_MS);
  }

  #connectNow(): void {
    if (this.#socket === null) this.#connect();
  }

  #lose(socket: WebSocket): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    clearInterval(this.#probeTimer);
    this.#asked.clear();
    this.#pending.clear();
    const waitMs = this.#retryMs * (0.75 + Math.random() / 2);
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MAX_MS);
    this.#update({ phase: "lost", retryAtMs: performance.now() + waitMs });
    for (const listeners of this.#listeners.values()) {
      for (const listener of [...listeners]) listener.stopped();
    }
    setTimeout(() => this.#connectNow(), waitMs);
  }

  #probe(socket: WebSocket): void {
    if (performance.now() - this.state.get().heardAtMs > SILENT_MAX_MS) {
      // Its close may take as long as the network likes.
      this.#lose(socket);
      socket.close();
    } else if (socket.readyState === WebSocket.OPEN) {
      socket.send(JSON.stringify({ method: "LIST_SUBSCRIPTIONS", id: this.#nextId++ }));
    }
  }

  #hear(text: string): void {
    this.#update({ heardAtMs: performance.now() });
    const message = JSON.parse(text) as { stream?: string; data?: unknown; id?: number };
    if (message.stream !== undefined) {
      for (const listener of [...(this.#listeners.get(message.stream) ?? [])]) {
        listener.event(message.data);
      }
      return;
    }
    const streams = this.#pending.get(message.id ?? 0);
    if (streams === undefined) return;
    this.#pending.delete(message.id!);
    this.#retryMs = RETRY_MIN_MS;
    for (const stream of streams) {
      for (const listener of [...(this.#listeners.get(stream) ?? [])]) listener.started();
    }
  }

  #controlSoon(): void {
    this.#controlTimer ??= setTimeout(() => {
      this.#controlTimer = undefined;
      this.#control();
    }, 0);
  }

  /** Brings what the connection was asked for in step with what is listened to. */
  #control(): void {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return;
    const dropped = [...this.#asked].filter((stream) => !this.#listeners.has(stream));
    const wanted = [...this.#listeners.keys()].filter((stream) => !this.#asked.has(stream));
    if (dropped.length === 0 && wanted.length === 0) return;
    const id = this.#nextId++;
    const [method, params] =
      wanted.length > 0 ? (["SUBSCRIBE", wanted] as const) : (["UNSUBSCRIBE", dropped] as const);
    if (method === "SUBSCRIBE") this.#pending.set(id, params);
    for (const stream of params) {
      if (method === "SUBSCRIBE") this.#asked.add(stream);
      else this.#asked.delete(stream);
    }
    socket.send(JSON.stringify({ method, params, id }));
    this.#controlTimer = setTimeout(() => {
      this.#controlTimer = undefined;
      this.#control();
    }, CONTROL_INTERVAL_MS);
  }

  #update(change: Partial<StreamState>): void {
    this.state.set({ ...this.state.get(), ...change });
  }
}
