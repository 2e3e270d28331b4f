import type { OrderAmendedEvent } from "@halcyon/core";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import type { Amendment } from "./records.ts";
import type { ViewLimits } from "./view-limits.ts";

type OfAccount = Map<number, Amendment>;

/** The last amendments of every account's orders, by ids that count from 1 in the whole venue. */
export class Amendments {
  readonly #limits: ViewLimits;
  /** Both ascending by id, as they were put in. */
  readonly #all = new Map<number, Amendment>();
  readonly #ofAccounts = new Map<number, OfAccount>();
  #lastId = 0;

  constructor(limits: ViewLimits) {
    this.#limits = limits;
  }

  /** Of one order, ascending by id from `fromId` on. */
  ofOrder(
    account: number,
    market: number,
    orderId: number,
    fromId: number,
    limit: number,
  ): Amendment[] {
    const found: Amendment[] = [];
    for (const amendment of this.#ofAccounts.get(account)?.values() ?? []) {
      const isOf = amendment.orderId === orderId && amendment.market === market;
      if (isOf && amendment.id >= fromId && found.length < limit) found.push(amendment);
    }
    return found;
  }

  /** The one that made an order this small: quantities only fall, so there is no other. */
  to(account: number, orderId: number, newQuantityLots: number): Amendment | undefined {
    return [...(this.#ofAccounts.get(account)?.values() ?? [])].find(
      (amendment) => amendment.orderId === orderId && amendment.newQuantityLots === newQuantityLots,
    );
  }

  add(event: OrderAmendedEvent, timeMs: number): void {
    const { account, market, orderId, oldQuantityLots, newQuantityLots } = event;
    const { clientOrderId, newClientOrderId } = event;
    this.#lastId += 1;
    this.#put({
      id: this.#lastId,
      ...{ account, market, orderId, oldQuantityLots, newQuantityLots },
      ...{ clientOrderId, newClientOrderId, timeMs },
    });
    const { amendmentsPerAccount, amendmentsTotal } = this.#limits;
    const own = this.#ofAccounts.get(account)!;
    if (own.size > amendmentsPerAccount) this.#dropFirst(own);
    if (this.#all.size > amendmentsTotal) this.#dropFirst(this.#all);
  }

  #put(amendment: Amendment): void {
    const { id, account } = amendment;
    this.#all.set(id, amendment);
    const own = this.#ofAccounts.get(account);
    if (own === undefined) this.#ofAccounts.set(account, new Map([[id, amendment]]));
    else own.set(id, amendment);
  }

  #dropFirst(from: ReadonlyMap<number, Amendment>): void {
    const [first] = from.values();
    if (first === undefined) return;
    this.#all.delete(first.id);
    const own = this.#ofAccounts.get(first.account)!;
    own.delete(first.id);
    if (own.size === 0) this.#ofAccounts.delete(first.account);
  }

  save(out: ByteWriter): void {
    out.u53(this.#lastId);
    out.u53(this.#all.size);
    for (const one of this.#all.values()) {
      out.u53(one.id);
      out.u53(one.account);
      out.u53(one.market);
      out.u53(one.orderId);
      out.u53(one.oldQuantityLots);
      out.u53(one.newQuantityLots);
      out.text(one.clientOrderId);
      out.text(one.newClientOrderId);
      out.u53(one.timeMs);
    }
  }

  /** Into a view that is still empty. */
  restore(from: ByteReader): void {
    this.#lastId = from.u53();
    for (let count = from.u53(); count > 0; count--) {
      this.#put({
        id: from.u53(),
        account: from.u53(),
        market: from.u53(),
        orderId: from.u53(),
        oldQuantityLots: from.u53(),
        newQuantityLots: from.u53(),
        clientOrderId: from.text(),
        newClientOrderId: from.text(),
        timeMs: from.u53(),
      });
    }
  }
}
