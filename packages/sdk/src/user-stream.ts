import { InputError, RefusedError } from "./errors.ts";
import { Listeners } from "./listeners.ts";
import { LiveConnection, type Message } from "./live-connection.ts";
import type { ExchangeInfo } from "./market.ts";
import type { Account, Balance, Order, OwnTrade } from "./order-types.ts";
import type { Requester } from "./requester.ts";
import { type LiveOrder, orderOfQuery, tradeOfQuery, type UserEvent } from "./user-events.ts";
import { UserView } from "./user-view.ts";

export type UserStreamOptions = {
  /** The markets whose missed trades are fetched; all of the venue's when absent. */
  readonly symbols?: readonly string[];
};

const waitingMax = 10_000;
const rowsPerPage = 1_000;
const againMs = 200;
const refusalsMax = 5;
/** The venue does not know the key, or its signature is not the key's. */
const keyCodes = new Set([-1022, -2014, -2015]);

/**
 * An account's orders, trades and balances as they change. After a broken connection, what was missed is
 * fetched and told, so that whoever listens knows everything once it says "synced".
 */
export class UserStream {
  readonly #requester: Requester;
  readonly #symbols: readonly string[] | null;
  readonly #connection: LiveConnection;
  readonly #listeners = new Listeners<UserEvent>();
  readonly #view = new UserView((event) => this.#listeners.tell(event));
  /** Events that came before what lies before them was fetched; null once the views are complete. */
  #waiting: Message[] | null = [];
  #generation = 0;
  #refusals = 0;
  #wasSynced = false;
  #isClosed = false;

  constructor(requester: Requester, options: UserStreamOptions) {
    this.#requester = requester;
    this.#symbols = options.symbols ?? null;
    this.#connection = new LiveConnection(requester.board, requester.limits, {
      path: "/ws-api/v3",
      onOpen: (position) => {
        requester.sawPosition(position);
        this.#subscribe();
      },
      onMessage: (message) => this.#receive(message),
      onLost: () => this.#lost(),
    });
  }

  /** Open orders by id. */
  get orders(): ReadonlyMap<number, LiveOrder> {
    return this.#view.orders;
  }

  /** By asset. */
  get balances(): ReadonlyMap<string, Balance> {
    return this.#view.balances;
  }

  /** How long ago its connection last said something. */
  get staleMs(): number {
    return this.#connection.staleMs;
  }

  /** Whether the views may lack something: not complete yet, or the connection is silent. */
  get isStale(): boolean {
    return this.#waiting !== null || this.#connection.isStale;
  }

  get endpoint(): string | null {
    return this.#connection.endpoint;
  }

  /** Called for each event at once, in order. Returns what ends it. */
  onEvent(listener: (event: UserEvent) => void): () => void {
    return this.#listeners.add(listener);
  }

  close(): void {
    this.#isClosed = true;
    this.#generation++;
    this.#connection.close();
  }

  #subscribe(): void {
    const generation = ++this.#generation;
    this.#waiting = [];
    const { board, limits } = this.#requester;
    void board.untilTimeIsKnown(limits.totalTimeoutMs).then(() => {
      if (generation !== this.#generation) return;
      const params = this.#requester.signedParameters();
      const method = "userDataStream.subscribe.signature";
      this.#connection.send({ id: generation, method, params });
    });
  }

  #receive(message: Message): void {
    const event = message["event"] as Message | undefined;
    if (event === undefined) {
      this.#answered(message);
      return;
    }
    if (event["e"] === "eventStreamTerminated") this.#end("the API key was revoked");
    else if (this.#waiting === null) this.#view.takeEvent(event, false);
    else if (this.#waiting.push(event) > waitingMax) this.#connection.renew();
  }

  /** A node that is overloaded, or behind and does not know the key yet, is asked again before that is believed. */
  #answered({ id, status, error }: Message): void {
    if (id !== this.#generation) return;
    if (status === 200) {
      this.#refusals = 0;
      void this.#repair(this.#generation);
      return;
    }
    const { code = 0, msg = "" } = (error ?? {}) as { code?: number; msg?: string };
    if (++this.#refusals < refusalsMax) {
      setTimeout(() => {
        if (id === this.#generation && !this.#isClosed) this.#subscribe();
      }, againMs);
    } else if (keyCodes.has(code)) this.#end(`${msg} (${code})`);
    else {
      this.#refusals = 0;
      this.#connection.renew();
    }
  }

  #end(reason: string): void {
    this.close();
    this.#listeners.tell({ kind: "ended", reason });
  }

  #lost(): void {
    this.#generation++;
    this.#waiting = [];
    this.#listeners.tell({ kind: "lost" });
  }

  /** The stream is subscribed to: fetches what lies before it, then tells what came meanwhile. */
  async #repair(generation: number): Promise<void> {
    const isCurrent = () => generation === this.#generation && !this.#isClosed;
    while (isCurrent()) {
      try {
        if (await this.#fetch(isCurrent)) break;
      } catch (error) {
        if (error instanceof RefusedError && error.status === 401) this.#end(error.message);
        if (error instanceof InputError) throw error;
        await new Promise((resolve) => setTimeout(resolve, againMs));
      }
    }
    if (!isCurrent()) return;
    for (const event of this.#waiting ?? []) this.#view.takeEvent(event, this.#wasSynced);
    this.#waiting = null;
    this.#wasSynced = true;
    this.#listeners.tell({ kind: "synced", endpoint: this.#connection.endpoint ?? "" });
  }

  /** False: the connection was lost meanwhile, and nothing was told. */
  async #fetch(isCurrent: () => boolean): Promise<boolean> {
    const [account, open, symbols] = await Promise.all([
      this.#requester.readOwn<Account>("/api/v3/account"),
      this.#requester.readOwn<readonly Order[]>("/api/v3/openOrders"),
      this.#symbols ?? this.#allSymbols(),
    ]);
    const orders = [...(await this.#gone(open)), ...open];
    const markets: { symbol: string; since: readonly Order[]; trades: readonly OwnTrade[] }[] = [];
    for (const symbol of symbols) {
      const trades = await this.#tradesSince(symbol);
      markets.push({ symbol, trades, since: await this.#ordersSince(symbol) });
    }
    if (!isCurrent()) return false;
    const isRepair = this.#wasSynced;
    for (const { symbol, since, trades } of markets) {
      if (isRepair) {
        orders.push(...since);
        for (const trade of trades) this.#view.takeTrade(tradeOfQuery(trade), true);
      } else {
        this.#view.skipTrades(symbol, trades.map(tradeOfQuery));
        this.#view.skipOrders(symbol, since.at(-1)?.orderId ?? 0);
      }
    }
    for (const order of orders) this.#view.takeOrder(orderOfQuery(order), isRepair);
    for (const balance of account.balances) this.#view.takeBalance(balance, isRepair);
    return true;
  }

  /** The known orders that are open no more. */
  async #gone(open: readonly Order[]): Promise<Order[]> {
    const ids = new Set(open.map(({ orderId }) => orderId));
    const gone = [...this.orders.values()].filter(({ orderId }) => !ids.has(orderId));
    const orders: Order[] = [];
    for (const { symbol, orderId } of gone) {
      orders.push(await this.#requester.readOwn<Order>("/api/v3/order", { symbol, orderId }));
    }
    return orders;
  }

  async #allSymbols(): Promise<readonly string[]> {
    const info = await this.#requester.read<ExchangeInfo>("/api/v3/exchangeInfo");
    return info.symbols.map(({ symbol }) => symbol);
  }

  /** Those since the last known one, or the last one of all at the first connection. */
  async #ordersSince(symbol: string): Promise<readonly Order[]> {
    const read = (query: object) =>
      this.#requester.readOwn<readonly Order[]>("/api/v3/allOrders", { symbol, ...query });
    if (!this.#wasSynced) return read({ limit: 1 });
    const orders: Order[] = [];
    for (let orderId = this.#view.lastOrderId(symbol) + 1; ; ) {
      const page = await read({ orderId, limit: rowsPerPage });
      orders.push(...page);
      const last = page.at(-1);
      if (last === undefined || page.length < rowsPerPage) return orders;
      orderId = last.orderId + 1;
    }
  }

  async #tradesSince(symbol: string): Promise<readonly OwnTrade[]> {
    const read = (query: object) =>
      this.#requester.readOwn<readonly OwnTrade[]>("/api/v3/myTrades", { symbol, ...query });
    // An account may have traded with itself: then two rows are of one trade.
    if (!this.#wasSynced) return read({ limit: 2 });
    const trades: OwnTrade[] = [];
    for (let fromId = this.#view.lastTradeId(symbol); ; ) {
      const page = await read({ fromId, limit: rowsPerPage });
      trades.push(...page);
      const last = page.at(-1);
      if (last === undefined || page.length < rowsPerPage) return trades;
      fromId = last.id;
    }
  }
}
