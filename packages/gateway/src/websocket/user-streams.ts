import type { Asset } from "@halcyon/core";
import { keyOfSession, sessionOfKeyName } from "../auth/session-key.ts";
import { formatUnits } from "../decimal.ts";
import type { GatewayContext } from "../dialect/method.ts";
import type { ViewListener } from "../views/listener.ts";
import { executionReport } from "./execution-report.ts";
import { listStatus } from "./list-status.ts";

/** One reader of an account's events. `deliver` gets each event as JSON text, in the log's order. */
export type UserSubscription = {
  readonly account: number;
  /** The name of the key that opened it, an API key's or a session's: the stream ends when that does. */
  readonly keyName: string;
  deliver(json: string): void;
  /** Called once the stream has ended by the venue's doing, after the reader was told. */
  onEnd(): void;
};

/** The events of each account to those who subscribed to them. */
export class UserStreams {
  readonly #gateway: GatewayContext;
  readonly #subscriptions = new Map<number, Set<UserSubscription>>();
  /** Accounts and assets that the command in hand touched, in the order in which it did. */
  readonly #touched = new Map<number, Set<number>>();
  #count = 0;
  readonly listener: ViewListener = {
    watchesAccount: (account) => this.#subscriptions.has(account),
    onOrder: (change) => {
      const readers = this.#subscriptions.get(change.order.account);
      if (readers === undefined) return;
      const { market } = change.order;
      const grid = this.#gateway.grids.of(market);
      publish(readers, executionReport(grid, change));
      this.#touch(change.order.account, grid.base.id, grid.quote.id);
    },
    onOrderList: (change) => {
      const readers = this.#subscriptions.get(change.list.account);
      if (readers === undefined) return;
      publish(readers, listStatus(this.#gateway.grids.of(change.list.market), change));
    },
    onBalance: ({ account, asset, total, held, timeMs }) => {
      const readers = this.#subscriptions.get(account);
      if (readers === undefined) return;
      const tell = (e: string, delta: bigint): void => {
        const { code } = this.#asset(asset);
        const amount = this.#amountText(asset, delta);
        publish(readers, `{"e":"${e}","E":${timeMs},"a":"${code}","d":"${amount}","T":${timeMs}}`);
      };
      if (total !== 0n) tell("balanceUpdate", total);
      if (held !== 0n) tell("externalLockUpdate", held);
      this.#touch(account, asset);
    },
    onKeyRevoked: (account, name) => this.#endKey(account, name),
    onCommandEnd: (context) => {
      if (this.#touched.size === 0) return;
      for (const [account, assets] of this.#touched) {
        const readers = this.#subscriptions.get(account);
        if (readers !== undefined) {
          publish(readers, this.#accountPosition(account, assets, context.logTimeMs));
        }
      }
      this.#touched.clear();
    },
  };

  constructor(gateway: GatewayContext) {
    this.#gateway = gateway;
  }

  get count(): number {
    return this.#count;
  }

  add(subscription: UserSubscription): void {
    let readers = this.#subscriptions.get(subscription.account);
    if (readers === undefined) {
      readers = new Set();
      this.#subscriptions.set(subscription.account, readers);
    }
    if (readers.has(subscription)) return;
    readers.add(subscription);
    this.#count++;
  }

  remove(subscription: UserSubscription): void {
    const readers = this.#subscriptions.get(subscription.account);
    if (readers === undefined || !readers.delete(subscription)) return;
    this.#count--;
    if (readers.size === 0) this.#subscriptions.delete(subscription.account);
  }

  /** Ends a stream by the venue's doing: the reader is told first. */
  end(subscription: UserSubscription): void {
    const { logTimeMs } = this.#gateway.replica.venue;
    subscription.deliver(`{"e":"eventStreamTerminated","E":${logTimeMs}}`);
    this.remove(subscription);
    subscription.onEnd();
  }

  /** Ends the streams of browsers whose session is over: that comes to pass without an event. */
  endOver(): void {
    const { venue } = this.#gateway.replica;
    for (const readers of this.#subscriptions.values()) {
      for (const subscription of readers) {
        const session = sessionOfKeyName(subscription.keyName);
        if (session !== null && keyOfSession(venue, session) === null) this.end(subscription);
      }
    }
  }

  #endKey(account: number, keyName: string): void {
    for (const subscription of this.#subscriptions.get(account) ?? []) {
      if (subscription.keyName === keyName) this.end(subscription);
    }
  }

  #touch(account: number, ...assets: number[]): void {
    let touched = this.#touched.get(account);
    if (touched === undefined) {
      touched = new Set();
      this.#touched.set(account, touched);
    }
    for (const asset of assets) touched.add(asset);
  }

  #accountPosition(account: number, assets: ReadonlySet<number>, timeMs: number): string {
    const { venue } = this.#gateway.replica;
    const balances: string[] = [];
    for (const asset of assets) {
      const free = this.#amountText(asset, venue.available(account, asset));
      const locked = this.#amountText(asset, venue.held(account, asset));
      balances.push(`{"a":"${this.#asset(asset).code}","f":"${free}","l":"${locked}"}`);
    }
    return `{"e":"outboundAccountPosition","E":${timeMs},"u":${timeMs},"B":[${balances.join(",")}]}`;
  }

  #asset(asset: number): Asset {
    const found = this.#gateway.replica.venue.assets.get(asset);
    if (found === undefined) throw new Error(`asset ${asset} does not exist`);
    return found;
  }

  #amountText(asset: number, units: bigint): string {
    return formatUnits(units, this.#asset(asset).decimals);
  }
}

function publish(readers: ReadonlySet<UserSubscription>, json: string): void {
  for (const reader of readers) reader.deliver(json);
}
