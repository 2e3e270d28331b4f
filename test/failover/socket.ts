import { type Client, signedQuery } from "./client.ts";
import { eventually } from "./eventually.ts";

export type Message = Readonly<Record<string, unknown>>;
export type Closed = { readonly code: number; readonly atMs: number };

const openWithinMs = 5_000;

/** A WebSocket that keeps what it hears. */
export class Socket {
  readonly messages: Message[] = [];
  /** When and how it ended; null while it is open. */
  closed: Closed | null = null;
  readonly #socket: WebSocket;
  #isOpen = false;

  private constructor(url: string) {
    this.#socket = new WebSocket(url);
    this.#socket.onopen = () => {
      this.#isOpen = true;
    };
    this.#socket.onmessage = ({ data }) => {
      this.messages.push(JSON.parse(String(data)) as Message);
    };
    this.#socket.onclose = ({ code }) => {
      this.closed ??= { code, atMs: performance.now() };
    };
  }

  static async open(url: string): Promise<Socket> {
    const socket = new Socket(url);
    await eventually(`${url} opens`, openWithinMs, () => {
      if (socket.closed !== null) throw new Error(`${url} was refused`);
      return socket.#isOpen;
    });
    return socket;
  }

  send(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** The first message that matches, among those that came and those to come. */
  until(
    what: string,
    matches: (message: Message) => boolean,
    deadlineMs = 5_000,
  ): Promise<Message> {
    return eventually(what, deadlineMs, () => this.messages.find(matches));
  }

  untilClosed(deadlineMs: number): Promise<Closed> {
    return eventually("the socket is closed", deadlineMs, () => this.closed);
  }

  close(): void {
    this.#socket.close();
  }
}

/** A socket on which the client's own events come. */
export async function openUserStream(port: number, client: Client): Promise<Socket> {
  const socket = await Socket.open(`ws://127.0.0.1:${port}/ws-api/v3`);
  const query = new URLSearchParams(signedQuery(client, { apiKey: client.apiKey }));
  // Signed over the parameters in the order of their names, numbers as they are.
  const params = Object.fromEntries([...query].map(([name, value]) => [name, numberOr(value)]));
  socket.send({ id: "subscribe", method: "userDataStream.subscribe.signature", params });
  const answer = await socket.until("the stream is subscribed to", ({ id }) => id === "subscribe");
  if (answer["status"] !== 200) throw new Error(JSON.stringify(answer));
  return socket;
}

function numberOr(value: string): string | number {
  return /^\d{1,15}$/.test(value) ? Number(value) : value;
}

export type Level = readonly [price: string, quantity: string];
export type DepthSnapshot = {
  readonly lastUpdateId: number;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
};
type DepthEvent = {
  readonly U: number;
  readonly u: number;
  readonly b: readonly Level[];
  readonly a: readonly Level[];
};

/** The book as clients keep it: a snapshot, and the stream's events from there on. */
export class LocalBook {
  lastUpdateId: number;
  readonly #sides = { bids: new Map<string, string>(), asks: new Map<string, string>() };

  constructor(snapshot: DepthSnapshot) {
    this.lastUpdateId = snapshot.lastUpdateId;
    this.#take(snapshot.bids, snapshot.asks);
  }

  /** Applies what the snapshot does not cover. Throws where an event does not follow on the one before. */
  apply(messages: readonly Message[]): void {
    let isFirst = true;
    for (const message of messages) {
      if (message["e"] !== "depthUpdate") continue;
      const { U, u, b, a } = message as unknown as DepthEvent;
      if (u <= this.lastUpdateId) continue;
      const follows = isFirst ? U <= this.lastUpdateId + 1 : U === this.lastUpdateId + 1;
      if (!follows) throw new Error(`event ${U}-${u} does not follow on ${this.lastUpdateId}`);
      isFirst = false;
      this.lastUpdateId = u;
      this.#take(b, a);
    }
  }

  get sides(): Record<"bids" | "asks", Record<string, string>> {
    const { bids, asks } = this.#sides;
    return { bids: Object.fromEntries(bids), asks: Object.fromEntries(asks) };
  }

  #take(bids: readonly Level[], asks: readonly Level[]): void {
    for (const [levels, changes] of [
      [this.#sides.bids, bids],
      [this.#sides.asks, asks],
    ] as const) {
      for (const [price, quantity] of changes) {
        if (Number(quantity) === 0) levels.delete(price);
        else levels.set(price, quantity);
      }
    }
  }
}
