import { closeReason, refusal } from "@halcyon/core";
import type {
  Cancel,
  Command,
  LoggedBatch,
  LoggedCommand,
  MarketRules,
  Order,
  Transfer,
} from "./commands.ts";
import { ReferenceLedger } from "./reference-ledger.ts";
import { type Market, ReferenceRegistry } from "./reference-registry.ts";

export type RestingOrder = {
  readonly id: bigint;
  readonly account: number;
  readonly market: number;
  readonly side: number;
  readonly type: number;
  readonly price: bigint;
  readonly clientOrderId: string;
  lots: bigint;
};
const beyond = 1n << 63n;
const world = 0;
const fees = 1;

/**
 * The venue's rules once more, naively: bigints, arrays, scans; slow and plain. It shares no code with
 * the core, only the numbers by which refusals and reasons are known. Where the two differ, one of
 * them is wrong.
 */
export class ReferenceVenue {
  readonly ledger = new ReferenceLedger();
  orders: RestingOrder[] = [];
  readonly #registry = new ReferenceRegistry();
  readonly #answered = new Map<string, readonly string[]>();
  readonly #references = new Set<string>();
  #nextOrder = 1n;
  #transfers = 0;

  get assetCount(): number {
    return this.#registry.assets.length;
  }
  get accountCount(): number {
    return this.#registry.accounts.length;
  }
  get marketCount(): number {
    return this.#registry.markets.length;
  }

  applyBatch(
    batch: LoggedBatch,
  ): { readonly lines: readonly string[]; readonly repeated: boolean }[] {
    return batch.commands.map((command) => this.#applyOnce(command));
  }

  #applyOnce(logged: LoggedCommand): { lines: readonly string[]; repeated: boolean } {
    const before = this.#answered.get(logged.requestId);
    if (before !== undefined) return { lines: before, repeated: true };
    const result = this.#apply(logged.command);
    const lines = typeof result === "number" ? [refusedLine(result, 0, logged.typeNumber)] : result;
    if (logged.requestId !== "") this.#answered.set(logged.requestId, lines);
    return { lines, repeated: false };
  }

  /** Lines of what happened, or the number of the refusal. */
  #apply(c: Command): readonly string[] | number {
    switch (c.kind) {
      case "tick":
        return [];
      case "placeOrder":
        return this.#place(c.order);
      case "cancelOrder":
        return this.#cancel(c.cancel, closeReason.cancelled);
      case "cancelAll":
        return this.#cancelAll(c.account, c.market);
      case "cancelReplace":
        return this.#cancelReplace(c.allowFailure, c.cancel, c.order);
      case "reduceOrder":
        return this.#reduce(c.account, c.market, c.orderId, c.by);
      case "deposit":
      case "withdraw":
        return this.#transfer(c.transfer, c.kind === "deposit");
      default:
        return this.#registry.apply(c);
    }
  }

  #transfer(t: Transfer, isDeposit: boolean): readonly string[] | number {
    const account = this.#registry.accounts[t.account];
    const mayHave = account !== undefined && t.account !== world;
    if (!mayHave || (isDeposit && t.account === fees)) return refusal.unknownAccount;
    if (this.#registry.assets[t.asset] === undefined) return refusal.unknownAsset;
    if (t.amount <= 0n) return refusal.amountNotPositive;
    if (isDeposit) {
      if ((account.flags & 4) !== 0) return refusal.accountMayNotDeposit;
      const entered = -this.ledger.available(world, t.asset);
      if (entered + t.amount >= beyond) return refusal.amountTooLarge;
    } else {
      if ((account.flags & 2) !== 0) return refusal.accountMayNotWithdraw;
      if (this.ledger.available(t.account, t.asset) < t.amount) return refusal.insufficientBalance;
    }
    const key = `${isDeposit} ${t.account} ${t.reference}`;
    if (t.reference !== "" && this.#references.has(key)) return refusal.duplicateTransfer;
    this.#references.add(key);
    const signed = isDeposit ? t.amount : -t.amount;
    this.ledger.add(t.account, t.asset, signed);
    this.ledger.add(world, t.asset, -signed);
    this.#transfers++;
    return [
      `${isDeposit ? "deposited" : "withdrawn"} ${this.#transfers} account ${t.account} ` +
        `asset ${t.asset} ${t.amount} "${t.network}" "${t.address}" "${t.reference}"`,
    ];
  }

  // ---- orders ----

  /** What a taker on this side would meet: best price first, then the oldest. */
  #counterparts(market: number, side: number, limit: bigint | null): RestingOrder[] {
    return this.orders
      .filter((order) => order.market === market && order.side !== side)
      .filter(({ price }) => limit === null || (side === 0 ? price <= limit : price >= limit))
      .sort((a, b) => {
        const byPrice = side === 0 ? a.price - b.price : b.price - a.price;
        return Number(byPrice === 0n ? a.id - b.id : byPrice);
      });
  }

  #holdOf(market: Market, side: number, price: bigint, lots: bigint): [number, bigint] {
    return side === 0
      ? [market.rules.quoteAsset, price * lots * market.unit]
      : [market.rules.baseAsset, lots * market.rules.lotUnits];
  }

  #refuseOrder(o: Order): number {
    const account = this.#registry.customer(o.account);
    if (account === undefined) return refusal.unknownAccount;
    if ((account.flags & 1) !== 0) return refusal.accountMayNotTrade;
    const market = this.#registry.markets[o.market];
    if (market === undefined) return refusal.unknownMarket;
    if (market.state !== 0) return refusal.marketNotTrading;
    return (
      this.#refuseShape(o, market.rules) ||
      this.#refuseIds(o, market.rules) ||
      this.#refuseMoney(o, market)
    );
  }

  #refuseShape(o: Order, rules: MarketRules): number {
    if (o.type > 2 || o.timeInForce > 2 || o.strayBits !== 0) return refusal.unsupportedOrder;
    const outside = o.lots < rules.lotsMin || o.lots > rules.lotsMax;
    if (o.type === 1) {
      if (o.price !== 0n || (o.lots === 0n) === (o.quoteUnits === 0n)) {
        return refusal.unsupportedOrder;
      }
      if (o.lots !== 0n && outside) return refusal.quantityOutOfRange;
      return o.lots > rules.marketLotsMax ? refusal.marketQuantityOutOfRange : 0;
    }
    if (o.quoteUnits !== 0n) return refusal.unsupportedOrder;
    if (o.type === 2 && o.timeInForce !== 0) return refusal.unsupportedOrder;
    if (o.price < rules.priceMin || o.price > rules.priceMax) return refusal.priceOutOfRange;
    return outside ? refusal.quantityOutOfRange : 0;
  }

  #refuseIds(o: Order, rules: MarketRules): number {
    const own = this.orders.filter(({ account }) => account === o.account);
    if (o.clientOrderId !== "" && own.some((x) => x.clientOrderId === o.clientOrderId)) {
      return refusal.duplicateClientOrderId;
    }
    if (o.type === 1 || o.timeInForce !== 0) return 0;
    const here = own.filter(({ market }) => market === o.market).length;
    return here >= rules.openOrdersMax ? refusal.tooManyOpenOrders : 0;
  }

  #refuseMoney(o: Order, market: Market): number {
    const { rules, unit } = market;
    const isMarket = o.type === 1;
    const met = this.#counterparts(o.market, o.side, isMarket ? null : o.price);
    if (!isMarket && o.price * o.lots * unit >= beyond) return refusal.notionalTooLarge;
    const price = isMarket ? (met[0]?.price ?? 0n) : o.price;
    const worth = isMarket && o.lots === 0n ? o.quoteUnits : price * o.lots * unit;
    if ((!isMarket || met.length > 0) && worth < rules.notionalMin) return refusal.notionalTooSmall;
    if (o.type === 2 && met.length > 0) return refusal.wouldMatch;
    const asset = o.side === 0 ? rules.quoteAsset : rules.baseAsset;
    const needed = this.#needed(o, market, met);
    if (needed >= beyond) {
      return isMarket && o.side === 0 ? refusal.notionalTooLarge : refusal.amountTooLarge;
    }
    const covered =
      this.ledger.knows(o.account, asset) && this.ledger.available(o.account, asset) >= needed;
    return covered ? 0 : refusal.insufficientBalance;
  }

  #needed(o: Order, market: Market, met: readonly RestingOrder[]): bigint {
    if (o.type !== 1) return this.#holdOf(market, o.side, o.price, o.lots)[1];
    if (o.side === 0 && o.lots === 0n) return o.quoteUnits;
    if (o.side === 1 && o.lots !== 0n) return o.lots * market.rules.lotUnits;
    let lotsLeft = o.lots;
    let quoteLeft = o.quoteUnits;
    let sum = 0n;
    for (const maker of met) {
      if (o.side === 0) {
        const taken = least(maker.lots, lotsLeft);
        sum += taken * maker.price * market.unit;
        lotsLeft -= taken;
      } else {
        const taken = least(maker.lots, quoteLeft / (maker.price * market.unit));
        if (taken === 0n) break;
        sum += taken * market.rules.lotUnits;
        quoteLeft -= taken * maker.price * market.unit;
      }
    }
    return sum;
  }

  #place(o: Order): readonly string[] | number {
    const refused = this.#refuseOrder(o);
    if (refused !== 0) return refused;
    const market = this.#registry.markets[o.market]!;
    const id = this.#nextOrder++;
    const lines = [
      `accepted #${id} account ${o.account} market ${o.market} side ${o.side} type ${o.type} ` +
        `tif ${o.timeInForce} ${o.lots} @ ${o.price} quote ${o.quoteUnits} id "${o.clientOrderId}"`,
    ];
    const met = this.#counterparts(o.market, o.side, o.type === 1 ? null : o.price);
    const offered = met.reduce((sum, maker) => sum + maker.lots, 0n);
    const byQuote = o.type === 1 && o.lots === 0n;
    let left = o.lots;
    let quoteLeft = o.quoteUnits;
    let spent = false;
    const meets = o.timeInForce === 2 && offered < left ? [] : met;
    if (meets.length > 0) this.#openReceiving(market, o);
    for (const maker of meets) {
      if (!byQuote && left === 0n) break;
      const wanted = byQuote ? quoteLeft / (maker.price * market.unit) : left;
      if (wanted === 0n) {
        spent = true;
        break;
      }
      const lots = least(maker.lots, wanted);
      if (byQuote) quoteLeft -= lots * maker.price * market.unit;
      else left -= lots;
      lines.push(this.#fill(market, o, id, maker, lots, left));
      if (byQuote && maker.lots > 0n) {
        spent = true;
        break;
      }
    }
    this.orders = this.orders.filter(({ lots }) => lots > 0n);
    const filled = byQuote && spent && quoteLeft < o.quoteUnits;
    if (byQuote) lines.push(expiredLine(o, id, 0n, filled));
    else if (left > 0n && (o.type === 1 || o.timeInForce !== 0)) {
      lines.push(expiredLine(o, id, left, false));
    } else if (left > 0n) this.#rest(market, o, id, left);
    return lines;
  }

  /** An account has a balance, if only of zero, in what an order of its may receive. */
  #openReceiving(market: Market, o: Order): void {
    const { baseAsset, quoteAsset } = market.rules;
    this.ledger.add(o.account, o.side === 0 ? baseAsset : quoteAsset, 0n);
  }

  #rest(market: Market, o: Order, id: bigint, lots: bigint): void {
    this.#openReceiving(market, o);
    const [asset, amount] = this.#holdOf(market, o.side, o.price, lots);
    this.ledger.hold(o.account, asset, amount);
    const { account, side, type, price, clientOrderId } = o;
    this.orders.push({ id, account, market: o.market, side, type, price, clientOrderId, lots });
  }

  #fill(
    m: Market,
    taker: Order,
    id: bigint,
    maker: RestingOrder,
    lots: bigint,
    left: bigint,
  ): string {
    const { baseAsset, quoteAsset, lotUnits } = m.rules;
    const quote = lots * maker.price * m.unit;
    const base = lots * lotUnits;
    const takerBuys = taker.side === 0;
    const takerPpm = this.#ownFee(
      this.#registry.accounts[taker.account]!.takerFeePpm,
      m.takerFeePpm,
    );
    const makerPpm = this.#ownFee(
      this.#registry.accounts[maker.account]!.makerFeePpm,
      m.makerFeePpm,
    );
    const takerFee = ((takerBuys ? base : quote) * takerPpm) / 1_000_000n;
    const makerFee = ((takerBuys ? quote : base) * makerPpm) / 1_000_000n;
    const [takerGets, makerGets] = takerBuys ? [baseAsset, quoteAsset] : [quoteAsset, baseAsset];
    const [toTaker, toMaker] = takerBuys ? [base, quote] : [quote, base];
    this.ledger.add(taker.account, makerGets, -toMaker);
    this.ledger.addHeld(maker.account, takerGets, -toTaker);
    this.ledger.add(taker.account, takerGets, toTaker - takerFee);
    this.ledger.add(maker.account, makerGets, toMaker - makerFee);
    this.ledger.add(fees, takerGets, takerFee);
    this.ledger.add(fees, makerGets, makerFee);
    // The maker's hold was at its own price, and so is the fill: nothing of it is left over.
    maker.lots -= lots;
    m.trades++;
    return (
      `fill ${m.id}/${m.trades} side ${taker.side} ${lots} @ ${maker.price} = ${quote} ` +
      `taker #${id} of ${taker.account} fee ${takerFee} left ${left} ` +
      `maker #${maker.id} of ${maker.account} fee ${makerFee} left ${maker.lots}`
    );
  }

  #ownFee(own: number, ofMarket: number): bigint {
    return BigInt(own < 0 ? ofMarket : own);
  }

  #find(c: Cancel): RestingOrder | undefined {
    return this.orders.find(
      (order) =>
        order.account === c.account &&
        order.market === c.market &&
        (c.orderId !== 0n || c.clientOrderId !== "") &&
        (c.orderId === 0n || order.id === c.orderId) &&
        (c.clientOrderId === "" || order.clientOrderId === c.clientOrderId),
    );
  }

  #cancel(c: Cancel, reason: number): readonly string[] | number {
    if (this.#registry.markets[c.market] === undefined) return refusal.unknownMarket;
    const order = this.#find(c);
    if (order === undefined) return refusal.unknownOrder;
    return [this.#close(order, reason, c.cancelClientOrderId)];
  }

  #close(order: RestingOrder, reason: number, by: string): string {
    this.#unhold(order, order.lots);
    this.orders = this.orders.filter((other) => other !== order);
    return (
      `closed #${order.id} account ${order.account} market ${order.market} side ${order.side} ` +
      `type ${order.type} @ ${order.price} reason ${reason} left ${order.lots} resting true by "${by}"`
    );
  }

  #unhold(order: RestingOrder, lots: bigint): void {
    const [asset, amount] = this.#holdOf(
      this.#registry.markets[order.market]!,
      order.side,
      order.price,
      lots,
    );
    this.ledger.hold(order.account, asset, -amount);
  }

  #cancelAll(account: number, market: number): readonly string[] | number {
    if (this.#registry.accounts[account] === undefined) return refusal.unknownAccount;
    if (market !== -1 && this.#registry.markets[market] === undefined) return refusal.unknownMarket;
    const own = this.orders
      .filter((order) => order.account === account && (market === -1 || order.market === market))
      .sort((a, b) => Number(b.id - a.id));
    if (own.length === 0) return refusal.unknownOrder;
    return own.map((order) => this.#close(order, closeReason.cancelled, ""));
  }

  #cancelReplace(allowFailure: boolean, cancel: Cancel, order: Order): readonly string[] {
    const lines: string[] = [];
    const cancelled = this.#cancel(cancel, closeReason.replaced);
    if (typeof cancelled === "number") lines.push(refusedLine(cancelled, 1, 23));
    else lines.push(...cancelled);
    const attempted = typeof cancelled !== "number" || allowFailure;
    const placed = attempted ? this.#place(order) : refusal.newOrderNotAttempted;
    if (typeof placed === "number") lines.push(refusedLine(placed, 2, 23));
    else lines.push(...placed);
    return lines;
  }

  #reduce(account: number, marketId: number, id: bigint, by: bigint): readonly string[] | number {
    const market = this.#registry.markets[marketId];
    if (market === undefined) return refusal.unknownMarket;
    const order = this.orders.find(
      (x) => x.id === id && x.account === account && x.market === marketId,
    );
    if (order === undefined) return refusal.unknownOrder;
    if (by < 1n || by > order.lots - market.rules.lotsMin) return refusal.quantityOutOfRange;
    this.#unhold(order, by);
    order.lots -= by;
    return [
      `reduced #${id} account ${account} market ${marketId} side ${order.side} ` +
        `@ ${order.price} by ${by} left ${order.lots}`,
    ];
  }

  /** Both sides of a market as price and lots, best first. */
  levels(market: number, side: number): [bigint, bigint][] {
    const sums = new Map<bigint, bigint>();
    for (const order of this.orders) {
      if (order.market !== market || order.side !== side) continue;
      sums.set(order.price, (sums.get(order.price) ?? 0n) + order.lots);
    }
    return [...sums].sort(([a], [b]) => Number(side === 0 ? b - a : a - b));
  }
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
function refusedLine(code: number, stage: number, type: number): string {
  return `refused ${code} stage ${stage} type ${type}`;
}
function expiredLine(o: Order, id: bigint, left: bigint, filled: boolean): string {
  const reason = filled ? closeReason.filled : closeReason.expired;
  return (
    `closed #${id} account ${o.account} market ${o.market} side ${o.side} type ${o.type} ` +
    `@ ${o.price} reason ${reason} left ${left} resting false by ""`
  );
}
