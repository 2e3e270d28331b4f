import type { Key } from "@halcyon/core";
import type { Authenticator } from "../auth/authenticator.ts";
import type { ListenKeys } from "../auth/listen-keys.ts";
import type { Connection, ConnectionEvents } from "./connection.ts";
import { closeCode } from "./connection.ts";
import { type ControlRequest, controlError, parseControl } from "./control.ts";
import type { MarketStreams } from "./market-streams.ts";
import { TokenBucket } from "./token-bucket.ts";
import { combinedHead, type StreamReceiver } from "./topic.ts";
import type { UserStreams, UserSubscription } from "./user-streams.ts";
import type { WebSocketLimits } from "./websocket-limits.ts";

export type MarketSocketContext = {
  readonly markets: MarketStreams;
  readonly users: UserStreams;
  readonly listenKeys: ListenKeys;
  readonly authenticator: Authenticator;
  readonly limits: WebSocketLimits;
  now(): number;
};

/** A socket that reads streams: of markets, and of an account by its listen key. */
export class MarketSocket implements StreamReceiver, ConnectionEvents {
  readonly #context: MarketSocketContext;
  readonly #connection: Connection;
  readonly #messages: TokenBucket;
  /** Names of market streams. */
  readonly #names = new Set<string>();
  /** User streams by listen key. */
  readonly #users = new Map<string, UserSubscription>();
  combined: boolean;

  constructor(context: MarketSocketContext, connection: Connection, combined: boolean) {
    this.#context = context;
    this.#connection = connection;
    this.combined = combined;
    const { controlPerSecond, controlBurst } = context.limits;
    this.#messages = new TokenBucket(controlPerSecond, controlBurst, context.now());
  }

  /**
   * Opens the streams named in the address. Clients put other things there too, which are let pass;
   * what looks like a stream but is none is named to them.
   */
  open(names: readonly string[]): void {
    const known = names.filter((name) => this.#isKnown(name));
    this.#subscribe(known.slice(0, this.#context.limits.streamsPerSocketMax));
    const unknown = names.find((name) => /[@!]/.test(name) && !known.includes(name));
    if (unknown !== undefined) this.send(controlError(2, invalidStream(unknown), "null"));
    if (known.length > this.#context.limits.streamsPerSocketMax) {
      this.send(controlError(2, tooManyStreams(this.#context.limits), "null"));
    }
  }

  send(message: Buffer | string): void {
    this.#connection.send(message);
  }

  shutdownNotice(nowMs: number): string {
    const event = `{"e":"serverShutdown","E":${nowMs}}`;
    return this.combined ? `${combinedHead("!serverShutdown")}${event}}` : event;
  }

  onText(text: string): void {
    if (!this.#mayAsk()) return;
    const request = parseControl(text);
    this.send("reply" in request ? request.reply : this.#answer(request));
    // The answer goes first: what a new reader gets to begin with follows it.
    if (!("reply" in request) && request.method === "SUBSCRIBE") this.#greet(request.names);
  }

  onBinary(): void {
    if (!this.#mayAsk()) return;
    this.send(controlError(3, "Invalid JSON: expected a text message", "null"));
  }

  onControlFrame(): void {
    this.#mayAsk();
  }

  onClose(): void {
    for (const name of this.#names) this.#context.markets.unsubscribe(name, this);
    for (const subscription of this.#users.values()) this.#context.users.remove(subscription);
    this.#names.clear();
    this.#users.clear();
  }

  #mayAsk(): boolean {
    if (this.#messages.take(this.#context.now())) return true;
    this.#connection.closeFor("abusive", closeCode.policy, "too many messages per second");
    return false;
  }

  #answer(request: ControlRequest): string {
    const { id } = request;
    switch (request.method) {
      case "SUBSCRIBE": {
        const unknown = request.names.find((name) => !this.#isKnown(name));
        if (unknown !== undefined) return controlError(2, invalidStream(unknown), id);
        const { limits } = this.#context;
        const fresh = new Set(request.names.filter((name) => !this.#reads(name)));
        if (this.#names.size + this.#users.size + fresh.size > limits.streamsPerSocketMax) {
          return controlError(2, tooManyStreams(limits), id);
        }
        for (const name of fresh) this.#add(name);
        return `{"result":null,"id":${id}}`;
      }
      case "UNSUBSCRIBE":
        for (const name of request.names) this.#remove(name);
        return `{"result":null,"id":${id}}`;
      case "LIST_SUBSCRIPTIONS":
        return `{"result":${JSON.stringify([...this.#names, ...this.#users.keys()])},"id":${id}}`;
      case "SET_PROPERTY":
        this.combined = request.value;
        return `{"result":null,"id":${id}}`;
      case "GET_PROPERTY":
        return `{"result":${this.combined},"id":${id}}`;
    }
  }

  #isKnown(name: string): boolean {
    return this.#context.markets.knows(name) || this.#listener(name) !== null;
  }

  /** The API key behind a listen key, as long as it may read the account from this address. */
  #listener(listenKey: string): Key | null {
    const { listenKeys, authenticator } = this.#context;
    const maker = listenKeys.verify(listenKey);
    if (maker === null) return null;
    const key = authenticator.keyed(maker.key.name, this.#connection.address, "read");
    return "code" in key ? null : key;
  }

  #reads(name: string): boolean {
    return this.#names.has(name) || this.#users.has(name);
  }

  #subscribe(names: readonly string[]): void {
    for (const name of names) if (!this.#reads(name)) this.#add(name);
    this.#greet(names);
  }

  #greet(names: readonly string[]): void {
    for (const name of names) if (this.#names.has(name)) this.#context.markets.greet(name, this);
  }

  #add(name: string): void {
    const { markets, users } = this.#context;
    if (markets.knows(name)) {
      this.#names.add(name);
      markets.subscribe(name, this);
      return;
    }
    const key = this.#listener(name);
    if (key === null) return;
    const head = combinedHead(name);
    const subscription: UserSubscription = {
      account: key.account,
      keyName: key.name,
      deliver: (json) => this.send(this.combined ? `${head}${json}}` : json),
      onEnd: () => this.#users.delete(name),
    };
    this.#users.set(name, subscription);
    users.add(subscription);
  }

  #remove(name: string): void {
    if (this.#names.delete(name)) this.#context.markets.unsubscribe(name, this);
    const subscription = this.#users.get(name);
    if (subscription === undefined) return;
    this.#users.delete(name);
    this.#context.users.remove(subscription);
  }
}

function invalidStream(name: string): string {
  return `Invalid request: invalid stream ${JSON.stringify(name.slice(0, 80))}`;
}

function tooManyStreams(limits: WebSocketLimits): string {
  return `Invalid request: at most ${limits.streamsPerSocketMax} streams per connection`;
}
