/** What the stream tells of the own account. */
export interface UserStreamListener {
  /** Events flow, for the first time or again: what happened before is not among them. */
  started(): void;
  event(event: unknown): void;
  stopped(): void;
}

const PROBE_INTERVAL_MS = 2_500;
const SILENT_MAX_MS = 8_000;
const RETRY_MIN_MS = 200;
const RETRY_MAX_MS = 5_000;

/**
 * The own account's events over the WebSocket API, where the cookie says whose they are. Connects
 * again by itself until it is closed.
 */
export class UserStream {
  readonly #url: string;
  readonly #listener: UserStreamListener;
  #socket: WebSocket | null = null;
  #isClosed = false;
  #heardAtMs = 0;
  #retryMs = RETRY_MIN_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #probeTimer: ReturnType<typeof setInterval> | undefined;

  constructor(url: string, listener: UserStreamListener) {
    this.#url = url;
    this.#listener = listener;
    this.#connect();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#probeTimer);
    this.#socket?.close();
  }

  #connect(): void {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#heardAtMs = performance.now();
    socket.onopen = () => socket.send('{"id":"events","method":"userDataStream.subscribe"}');
    socket.onmessage = ({ data }) => this.#hear(socket, String(data));
    socket.onclose = () => this.#lose(socket);
    clearInterval(this.#probeTimer);
    this.#probeTimer = setInterval(() => this.#probe(socket), PROBE_INTERVAL_MS);
  }

  #hear(socket: WebSocket, text: string): void {
    if (this.#isClosed) return;
    this.#heardAtMs = performance.now();
    const message = JSON.parse(text) as { id?: string; status?: number; event?: { e?: string } };
    if (message.event !== undefined) {
      if (message.event.e === "eventStreamTerminated") socket.close();
      else this.#listener.event(message.event);
    } else if (message.id === "events") {
      if (message.status === 200) {
        this.#retryMs = RETRY_MIN_MS;
        this.#listener.started();
      } else socket.close();
    }
  }

  #probe(socket: WebSocket): void {
    if (performance.now() - this.#heardAtMs > SILENT_MAX_MS) {
      this.#lose(socket);
      socket.close();
    } else if (socket.readyState === WebSocket.OPEN) {
      socket.send('{"id":"probe","method":"ping"}');
    }
  }

  #lose(socket: WebSocket): void {
    if (this.#socket !== socket || this.#isClosed) return;
    this.#socket = null;
    clearInterval(this.#probeTimer);
    this.#listener.stopped();
    this.#timer = setTimeout(() => this.#connect(), this.#retryMs * (0.75 + Math.random() / 2));
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MAX_MS);
  }
}
