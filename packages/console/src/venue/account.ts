import { type FeedState, STARTING } from "./feed.ts";
import { ask } from "./http.ts";
import {
  type ExecutionReport,
  isOpen,
  type Order,
  type OrderJson,
  orderOf,
  orderOfReport,
} from "./order.ts";
import { createStore, type Store } from "./store.ts";
import { UserStream } from "./user-stream.ts";

export interface Balance {
  readonly asset: string;
  readonly free: string;
  /** Set aside for open orders and holds. */
  readonly locked: string;
}

interface AccountPosition {
  readonly e: "outboundAccountPosition";
  readonly B: readonly { readonly a: string; readonly f: string; readonly l: string }[];
}
type UserEvent = ExecutionReport | AccountPosition | { readonly e: "balanceUpdate" | "listStatus" };

const RETRY_MS = 1_000;

/** The own account, live: balances and open orders, from a snapshot and the events since. */
export class Account {
  readonly state: Store<FeedState> = createStore(STARTING);
  readonly balances: Store<ReadonlyMap<string, Balance>> = createStore(new Map());
  readonly openOrders: Store<ReadonlyMap<number, Order>> = createStore(new Map());
  /** Raised whenever something happened that histories tell. */
  readonly changes: Store<number> = createStore(0);
  readonly #stream: UserStream;
  readonly #reportListeners = new Set<(report: ExecutionReport) => void>();
  /** Events since the snapshot was asked for; null: none is on its way. */
  #since: UserEvent[] | null = null;
  #isClosed = false;

  constructor(url: string) {
    this.#stream = new UserStream(url, {
      started: () => void this.#fetch(),
      stopped: () => this.#stopped(),
      event: (event) => this.#event(event as UserEvent),
    });
  }

  /** Calls back for each thing that happens to an own order, until the returned function is called. */
  onReport(listener: (report: ExecutionReport) => void): () => void {
    this.#reportListeners.add(listener);
    return () => this.#reportListeners.delete(listener);
  }

  close(): void {
    this.#isClosed = true;
    this.#stream.close();
  }

  async #fetch(): Promise<void> {
    const since: UserEvent[] = [];
    this.#since = since;
    const [balances, orders] = await Promise.all([fetchBalances(), fetchOpenOrders()]).catch(
      () => [],
    );
    // Another connection has asked anew meanwhile.
    if (this.#since !== since || this.#isClosed) return;
    if (balances === undefined || orders === undefined) {
      setTimeout(() => void (this.#since === since && this.#fetch()), RETRY_MS);
      return;
    }
    this.balances.set(new Map(balances.map((balance) => [balance.asset, balance])));
    this.openOrders.set(new Map(orders.map((order) => [order.id, order])));
    this.#since = null;
    // They may be older than the snapshot: whatever they undo, a later one brings back.
    for (const event of since) this.#apply(event);
    this.#changed();
  }

  #event(event: UserEvent): void {
    if (event.e === "executionReport") {
      for (const listener of this.#reportListeners) listener(event);
    }
    if (this.#since !== null) this.#since.push(event);
    else {
      this.#apply(event);
      this.#changed();
    }
  }

  #apply(event: UserEvent): void {
    if (event.e === "executionReport") {
      const order = orderOfReport(event);
      const orders = new Map(this.openOrders.get());
      if (isOpen(order)) orders.set(order.id, order);
      else orders.delete(order.id);
      this.openOrders.set(orders);
    } else if (event.e === "outboundAccountPosition") {
      const balances = new Map(this.balances.get());
      for (const { a, f, l } of event.B) balances.set(a, { asset: a, free: f, locked: l });
      this.balances.set(balances);
    }
  }

  #changed(): void {
    this.state.set({ phase: "live", changedAtMs: performance.now() });
    this.changes.set(this.changes.get() + 1);
  }

  #stopped(): void {
    this.#since = null;
    const { phase, changedAtMs } = this.state.get();
    if (phase === "live") this.state.set({ phase: "stale", changedAtMs });
  }
}

async function fetchBalances(): Promise<readonly Balance[]> {
  const query = { omitZeroBalances: "true" };
  const { balances } = await ask<{ readonly balances: readonly Balance[] }>(
    "GET",
    "/api/v3/account",
    { query },
  );
  return balances;
}

async function fetchOpenOrders(): Promise<readonly Order[]> {
  return (await ask<readonly OrderJson[]>("GET", "/api/v3/openOrders")).map(orderOf);
}
