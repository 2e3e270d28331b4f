import { type Address, HttpConnection, type SendingResult } from "./http-connection.ts";

/** One sending of a request to one endpoint; requests have no body. */
export type Sending = {
  readonly verb: string;
  /** Path and query. */
  readonly target: string;
  /** Whose values hold no control characters. */
  readonly headers: Readonly<Record<string, string>>;
};

type Flight = {
  readonly text: string;
  readonly onResult: (result: SendingResult) => void;
  /** Null while it waits for one. */
  connection: HttpConnection | null;
};

/** Connections to one address, kept and used again: the one used last first, so that the rest may end. */
export class EndpointLink {
  readonly #address: Address;
  readonly #hostLine: string;
  readonly #prefix: string;
  readonly #socketsMax: number;
  readonly #answerBytesMax: number;
  readonly #onIdleLost: () => void;
  readonly #idle: HttpConnection[] = [];
  readonly #all = new Set<HttpConnection>();
  /** Requests for which there is no connection; the client bounds how many there are. */
  readonly #waiting = new Set<Flight>();

  /** `onIdleLost`: the other side ended a connection on which nothing was asked. */
  constructor(url: URL, socketsMax: number, answerBytesMax: number, onIdleLost: () => void) {
    const { hostname, host, port, pathname } = url;
    const isTls = url.protocol === "https:";
    this.#address = {
      // An IPv6 address stands in brackets in a URL only.
      host: hostname.replace(/^\[|\]$/g, ""),
      port: port === "" ? (isTls ? 443 : 80) : Number(port),
      isTls,
    };
    this.#hostLine = `Host: ${host}\r\n`;
    this.#prefix = pathname.replace(/\/$/, "");
    this.#socketsMax = socketsMax;
    this.#answerBytesMax = answerBytesMax;
    this.#onIdleLost = onIdleLost;
  }

  /** Calls back exactly once, never at once; returns what abandons the sending before that. */
  send(sending: Sending, onResult: (result: SendingResult) => void): () => void {
    const flight: Flight = { text: this.#textOf(sending), onResult, connection: null };
    const connection = this.#usable() ?? this.#another();
    if (connection === null) this.#waiting.add(flight);
    else carry(flight, connection);
    return () => {
      this.#waiting.delete(flight);
      flight.connection?.destroy();
    };
  }

  close(): void {
    this.#waiting.clear();
    for (const connection of [...this.#all]) connection.destroy();
  }

  #textOf({ verb, target, headers }: Sending): string {
    let lines = this.#hostLine;
    for (const name in headers) lines += `${name}: ${headers[name]}\r\n`;
    if (verb !== "GET") lines += "Content-Length: 0\r\n";
    return `${verb} ${this.#prefix}${target} HTTP/1.1\r\n${lines}\r\n`;
  }

  #usable(): HttpConnection | null {
    const nowMs = performance.now();
    for (;;) {
      const connection = this.#idle.pop();
      if (connection === undefined) return null;
      if (connection.isUsable(nowMs)) return connection;
      connection.destroy();
    }
  }

  /** Null when there are as many as there may be. */
  #another(): HttpConnection | null {
    if (this.#all.size >= this.#socketsMax) return null;
    const connection = new HttpConnection(
      this.#address,
      this.#answerBytesMax,
      (idle) => {
        this.#idle.push(idle);
        this.#serveWaiting();
      },
      (closed) => {
        this.#all.delete(closed);
        const at = this.#idle.indexOf(closed);
        if (at >= 0) {
          this.#idle.splice(at, 1);
          this.#onIdleLost();
        }
        this.#serveWaiting();
      },
    );
    this.#all.add(connection);
    return connection;
  }

  #serveWaiting(): void {
    const [flight] = this.#waiting;
    if (flight === undefined) return;
    const connection = this.#usable() ?? this.#another();
    if (connection === null) return;
    this.#waiting.delete(flight);
    carry(flight, connection);
  }
}

function carry(flight: Flight, connection: HttpConnection): void {
  flight.connection = connection;
  connection.send(flight.text, flight.onResult);
}
