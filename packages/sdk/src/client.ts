import type { EndpointHealth } from "./endpoint.ts";
import { clientOrderIdOf } from "./idempotency-key.ts";
import { type ClientLimits, clientLimitsDefault } from "./limits.ts";
import { type ExchangeInfo, Market } from "./market.ts";
import { MarketStream } from "./market-stream.ts";
import type {
  Account,
  AmendedOrder,
  Amendment,
  CanceledOrder,
  CancelOptions,
  DepthSnapshot,
  NewOrder,
  OcoList,
  Order,
  OrderList,
  OrderListName,
  OrderName,
  OtocoList,
  OtoList,
  OwnTrade,
  PlacedOrder,
  ReplacedOrder,
  Replacement,
} from "./order-types.ts";
import { type Facts, type Options, Requester } from "./requester.ts";
import type { Credentials } from "./signer.ts";
import { UserStream, type UserStreamOptions } from "./user-stream.ts";

export type ClientOptions = {
  /** Addresses of the venue, as many as there are: `https://api.example.com`. */
  readonly endpoints: readonly string[];
  /** The region to be served by while it is healthy. */
  readonly region?: string;
  readonly limits?: Partial<ClientLimits>;
} & (Credentials | { readonly apiKey?: undefined });

/** Done, and how. */
export type Done<Result> = Result & { readonly facts: Facts };

export function createClient(options: ClientOptions): Client {
  return new Client(options);
}

/**
 * A client of one account. Every call goes to the best endpoint, and to others while that one does not
 * answer; what is changed is changed once. A call that fails throws a RefusedError (the venue said
 * no), a NotExecutedError (surely nothing was done) or an OutcomeUnknownError (it may have been done).
 */
export class Client {
  readonly #requester: Requester;
  readonly #streams: { close(): void }[] = [];

  constructor(options: ClientOptions) {
    const credentials = options.apiKey === undefined ? null : options;
    const limits = { ...clientLimitsDefault, ...options.limits };
    this.#requester = new Requester(options.endpoints, credentials, options.region, limits);
  }

  /** The endpoints, with what is known of each. */
  get endpoints(): readonly EndpointHealth[] {
    return this.#requester.board.health;
  }

  /** The venue's time in milliseconds since 1970, by its own clock: the local one may be wrong. */
  async serverTimeMs(): Promise<number> {
    const { board, clock, limits } = this.#requester;
    await board.untilTimeIsKnown(limits.totalTimeoutMs);
    return clock.nowMs();
  }

  exchangeInfo(): Promise<ExchangeInfo> {
    return this.#requester.read("/api/v3/exchangeInfo");
  }

  /** A market with the grids of its prices and quantities. */
  async market(symbol: string): Promise<Market> {
    const info = await this.#requester.read<ExchangeInfo>("/api/v3/exchangeInfo", { symbol });
    return new Market(info.symbols[0]!);
  }

  /** The book: at most 5,000 levels of each side. */
  depth(symbol: string, limit = 100): Promise<DepthSnapshot> {
    return this.#requester.read("/api/v3/depth", { symbol, limit });
  }

  placeOrder(order: NewOrder, options: Options = {}): Promise<Done<PlacedOrder>> {
    return this.#requester.change("POST", "/api/v3/order", (key) => named(order, key), options);
  }

  cancelOrder(
    order: OrderName & CancelOptions,
    options: Options = {},
  ): Promise<Done<CanceledOrder>> {
    return this.#requester.change("DELETE", "/api/v3/order", () => order, options);
  }

  /** Cancels all open orders of a market; lists come as lists. */
  async cancelOpenOrders(
    symbol: string,
    options: Options = {},
  ): Promise<{
    readonly canceled: readonly (CanceledOrder | OrderList<CanceledOrder>)[];
    readonly facts: Facts;
  }> {
    const path = "/api/v3/openOrders";
    type Rows = readonly (CanceledOrder | OrderList<CanceledOrder>)[];
    const done = await this.#requester.change<Rows>("DELETE", path, () => ({ symbol }), options);
    return { canceled: [...done], facts: done.facts };
  }

  /** Cancels one order and places another in one step. Half done is a RefusedError of code -2021. */
  replaceOrder(replacement: Replacement, options: Options = {}): Promise<Done<ReplacedOrder>> {
    const path = "/api/v3/order/cancelReplace";
    return this.#requester.change("POST", path, (key) => named(replacement, key), options);
  }

  /** Makes an order smaller; it keeps its place. */
  amendOrder(amendment: Amendment, options: Options = {}): Promise<Done<AmendedOrder>> {
    const path = "/api/v3/order/amend/keepPriority";
    return this.#requester.change("PUT", path, () => amendment, options);
  }

  placeOco(list: OcoList, options: Options = {}): Promise<Done<OrderList<PlacedOrder>>> {
    return this.#placeList("oco", list, options);
  }

  placeOto(list: OtoList, options: Options = {}): Promise<Done<OrderList<PlacedOrder>>> {
    return this.#placeList("oto", list, options);
  }

  placeOtoco(list: OtocoList, options: Options = {}): Promise<Done<OrderList<PlacedOrder>>> {
    return this.#placeList("otoco", list, options);
  }

  cancelOrderList(
    list: OrderListName,
    options: Options = {},
  ): Promise<Done<OrderList<CanceledOrder>>> {
    return this.#requester.change("DELETE", "/api/v3/orderList", () => list, options);
  }

  order(name: OrderName): Promise<Order> {
    return this.#requester.readOwn("/api/v3/order", name);
  }

  /** Of one market, or of all. */
  openOrders(symbol?: string): Promise<readonly Order[]> {
    return this.#requester.readOwn("/api/v3/openOrders", { symbol });
  }

  /** The account's last orders in a market, or those from an id on. */
  allOrders(
    symbol: string,
    page: { orderId?: number; limit?: number } = {},
  ): Promise<readonly Order[]> {
    return this.#requester.readOwn("/api/v3/allOrders", { symbol, ...page });
  }

  account(): Promise<Account> {
    return this.#requester.readOwn("/api/v3/account");
  }

  /** The account's last trades in a market, or those from an id on, oldest first. */
  myTrades(
    symbol: string,
    page: { fromId?: number; orderId?: number; limit?: number } = {},
  ): Promise<readonly OwnTrade[]> {
    return this.#requester.readOwn("/api/v3/myTrades", { symbol, ...page });
  }

  /** Books, trades and tickers of markets, over a connection of its own. */
  marketStream(): MarketStream {
    const stream = new MarketStream(this.#requester);
    this.#streams.push(stream);
    return stream;
  }

  /** The account's orders, trades and balances, over a connection of its own. */
  userStream(options: UserStreamOptions = {}): UserStream {
    const stream = new UserStream(this.#requester, options);
    this.#streams.push(stream);
    return stream;
  }

  /** Ends everything at once, streams included: calls that wait for an answer throw. */
  close(): void {
    for (const stream of this.#streams) stream.close();
    this.#requester.close();
  }

  #placeList(
    kind: "oco" | "oto" | "otoco",
    list: OcoList | OtoList | OtocoList,
    options: Options,
  ): Promise<Done<OrderList<PlacedOrder>>> {
    const path = `/api/v3/orderList/${kind}`;
    const parameters = (key: string) => ({ listClientOrderId: clientOrderIdOf(key), ...list });
    return this.#requester.change("POST", path, parameters, options);
  }
}

/** An order has the same name however often it is sent. */
function named<Wanted extends NewOrder>(order: Wanted, idempotencyKey: string): Wanted {
  if (order.newClientOrderId !== undefined) return order;
  return { ...order, newClientOrderId: clientOrderIdOf(idempotencyKey) };
}
