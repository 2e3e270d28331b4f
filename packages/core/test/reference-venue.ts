import { closeReason, type MarketParameters, type PlaceOrder, refusal } from "@halcyon/core";

type Resting = {
  id: number;
  account: number;
  side: number;
  price: bigint;
  remaining: bigint;
  clientOrderId: string;
};
export type Line = readonly (string | number | bigint)[];

/**
 * The rules once more, naively: bigints, arrays, scans. It shares no code with the core and says
 * what a command does as plain lines. Where the two differ, one of them is wrong.
 */
export class ReferenceVenue {
  readonly p: MarketParameters;
  readonly unit: bigint;
  /** `account:asset` to available and held. */
  readonly available = new Map<string, bigint>();
  readonly held = new Map<string, bigint>();
  orders: Resting[] = [];
  private nextId = 1;
  private trades = 0;

  constructor(p: MarketParameters, baseDecimals: number) {
    this.p = p;
    this.unit = (p.tickUnits * p.lotUnits) / 10n ** BigInt(baseDecimals);
  }

  private move(map: Map<string, bigint>, account: number, asset: number, by: bigint): void {
    const key = `${account}:${asset}`;
    map.set(key, (map.get(key) ?? 0n) + by);
  }
  deposit(account: number, asset: number, amount: bigint): void {
    this.move(this.available, account, asset, amount);
  }
  private holdOf(side: number, price: bigint, lots: bigint): [number, bigint] {
    return side === 0
      ? [this.p.quoteAsset, price * lots * this.unit]
      : [this.p.baseAsset, lots * this.p.lotUnits];
  }
  /** Counter orders that a taker would meet, best first, oldest first. */
  private counterparts(side: number, limit: bigint | null): Resting[] {
    return this.orders
      .filter((o) => o.side !== side)
      .filter((o) => limit === null || (side === 0 ? o.price <= limit : o.price >= limit))
      .sort((a, b) => {
        const byPrice = side === 0 ? a.price - b.price : b.price - a.price;
        return byPrice === 0n ? a.id - b.id : byPrice < 0n ? -1 : 1;
      });
  }

  private refuse(o: PlaceOrder): number {
    const { p } = this;
    const lots = BigInt(o.quantityLots);
    const isMarket = o.type === 1;
    if (isMarket) {
      if (o.priceTicks !== 0 || (lots === 0n) === (o.quoteUnits === 0))
        return refusal.unsupportedOrder;
      if (lots !== 0n && (lots < p.quantityLotsMin || lots > p.quantityLotsMax)) {
        return refusal.quantityOutOfRange;
      }
      if (lots > p.marketQuantityLotsMax) return refusal.marketQuantityOutOfRange;
    } else {
      if (o.quoteUnits !== 0 || (o.type === 2 && o.timeInForce !== 0))
        return refusal.unsupportedOrder;
      if (o.priceTicks < p.priceTicksMin || o.priceTicks > p.priceTicksMax) {
        return refusal.priceOutOfRange;
      }
      if (lots < p.quantityLotsMin || lots > p.quantityLotsMax) return refusal.quantityOutOfRange;
    }
    const own = this.orders.filter((x) => x.account === o.account);
    if (o.clientOrderId !== "" && own.some((x) => x.clientOrderId === o.clientOrderId)) {
      return refusal.duplicateClientOrderId;
    }
    if (!isMarket && o.timeInForce === 0 && own.length >= p.openOrdersMax) {
      return refusal.tooManyOpenOrders;
    }
    return this.refuseMoney(o, lots, isMarket);
  }

  private refuseMoney(o: PlaceOrder, lots: bigint, isMarket: boolean): number {
    const { p } = this;
    const price = BigInt(o.priceTicks);
    if (!isMarket && price * lots * this.unit >= 1n << 63n) return refusal.notionalTooLarge;
    const met = this.counterparts(o.side, isMarket ? null : price);
    const worth = isMarket
      ? lots === 0n
        ? BigInt(o.quoteUnits)
        : (met[0]?.price ?? 0n) * lots * this.unit
      : price * lots * this.unit;
    if ((!isMarket || met.length > 0) && worth < p.notionalMin) return refusal.notionalTooSmall;
    if (o.type === 2 && met.length > 0) return refusal.wouldMatch;
    let asset = o.side === 0 ? p.quoteAsset : p.baseAsset;
    let needed: bigint;
    if (!isMarket) [asset, needed] = this.holdOf(o.side, price, lots);
    else if (o.side === 0 && lots === 0n) needed = BigInt(o.quoteUnits);
    else if (o.side === 1 && lots !== 0n) needed = lots * p.lotUnits;
    else needed = this.sweep(o, met, lots);
    if (needed >= 1n << 63n)
      return isMarket && o.side === 0 ? refusal.notionalTooLarge : refusal.amountTooLarge;
    const key = `${o.account}:${asset}`;
    return !this.available.has(key) || this.available.get(key)! < needed
      ? refusal.insufficientBalance
      : 0;
  }

  private sweep(o: PlaceOrder, met: Resting[], lots: bigint): bigint {
    let left = lots;
    let quoteLeft = BigInt(o.quoteUnits);
    let sum = 0n;
    for (const maker of met) {
      if (o.side === 0) {
        const take = maker.remaining < left ? maker.remaining : left;
        sum += take * maker.price * this.unit;
        left -= take;
      } else {
        const affordable = quoteLeft / (maker.price * this.unit);
        const take = maker.remaining < affordable ? maker.remaining : affordable;
        if (take === 0n) break;
        sum += take * this.p.lotUnits;
        quoteLeft -= take * maker.price * this.unit;
      }
    }
    return sum;
  }

  place(o: PlaceOrder): Line[] {
    const refused = this.refuse(o);
    if (refused !== 0) return [["refused", refused]];
    const id = this.nextId++;
    const lines: Line[] = [["accepted", id]];
    const byQuote = o.type === 1 && o.quantityLots === 0;
    let left = BigInt(o.quantityLots);
    let quoteLeft = BigInt(o.quoteUnits);
    let spent = false;
    const met = this.counterparts(o.side, o.type === 1 ? null : BigInt(o.priceTicks));
    const offered = met.reduce((sum, m) => sum + m.remaining, 0n);
    if (o.timeInForce !== 2 || offered >= left) {
      for (const maker of met) {
        if (!byQuote && left === 0n) break;
        let take = maker.remaining;
        if (byQuote) {
          const affordable = quoteLeft / (maker.price * this.unit);
          if (affordable === 0n) {
            spent = true;
            break;
          }
          if (affordable < take) take = affordable;
          quoteLeft -= take * maker.price * this.unit;
        } else {
          if (left < take) take = left;
          left -= take;
        }
        lines.push(this.fill(o, id, maker, take));
        if (byQuote && take < maker.remaining + take && maker.remaining > 0n) {
          spent = true;
          break;
        }
      }
    }
    this.orders = this.orders.filter((x) => x.remaining > 0n);
    if (byQuote) {
      const took = quoteLeft < BigInt(o.quoteUnits);
      lines.push([
        "closed",
        id,
        (spent || quoteLeft === 0n) && took ? closeReason.filled : closeReason.expired,
        0n,
      ]);
    } else if (left > 0n && (o.type === 1 || o.timeInForce !== 0)) {
      lines.push(["closed", id, closeReason.expired, left]);
    } else if (left > 0n) this.rest(o, id, left);
    return lines;
  }

  private rest(o: PlaceOrder, id: number, left: bigint): void {
    const [asset, hold] = this.holdOf(o.side, BigInt(o.priceTicks), left);
    this.move(this.available, o.account, asset, -hold);
    this.move(this.held, o.account, asset, hold);
    const { account, side, clientOrderId } = o;
    this.orders.push({
      id,
      account,
      side,
      price: BigInt(o.priceTicks),
      remaining: left,
      clientOrderId,
    });
  }

  private fill(taker: PlaceOrder, takerId: number, maker: Resting, lots: bigint): Line {
    const { p } = this;
    const quoteUnits = lots * maker.price * this.unit;
    const baseUnits = lots * p.lotUnits;
    const buyer = taker.side === 0 ? taker.account : maker.account;
    const seller = taker.side === 0 ? maker.account : taker.account;
    const buyerPpm = BigInt(taker.side === 0 ? p.takerFeePpm : p.makerFeePpm);
    const sellerPpm = BigInt(taker.side === 0 ? p.makerFeePpm : p.takerFeePpm);
    const buyerFee = (baseUnits * buyerPpm) / 1_000_000n;
    const sellerFee = (quoteUnits * sellerPpm) / 1_000_000n;
    const from = (isTaker: boolean) => (isTaker ? this.available : this.held);
    this.move(from(taker.side === 0), buyer, p.quoteAsset, -quoteUnits);
    this.move(from(taker.side === 1), seller, p.baseAsset, -baseUnits);
    this.move(this.available, buyer, p.baseAsset, baseUnits - buyerFee);
    this.move(this.available, seller, p.quoteAsset, quoteUnits - sellerFee);
    this.move(this.available, 1, p.baseAsset, buyerFee);
    this.move(this.available, 1, p.quoteAsset, sellerFee);
    maker.remaining -= lots;
    this.trades++;
    const [takerFee, makerFee] = taker.side === 0 ? [buyerFee, sellerFee] : [sellerFee, buyerFee];
    return [
      "fill",
      this.trades,
      takerId,
      maker.id,
      maker.price,
      lots,
      quoteUnits,
      takerFee,
      makerFee,
      maker.remaining,
    ];
  }

  cancel(account: number, id: number): Line[] {
    const order = this.orders.find((o) => o.id === id && o.account === account);
    if (order === undefined) return [["refused", refusal.unknownOrder]];
    this.unhold(order, order.remaining);
    this.orders = this.orders.filter((o) => o !== order);
    return [["closed", id, closeReason.cancelled, order.remaining]];
  }

  reduce(account: number, id: number, by: bigint): Line[] {
    const order = this.orders.find((o) => o.id === id && o.account === account);
    if (order === undefined) return [["refused", refusal.unknownOrder]];
    if (by < 1n || by > order.remaining - BigInt(this.p.quantityLotsMin)) {
      return [["refused", refusal.quantityOutOfRange]];
    }
    this.unhold(order, by);
    order.remaining -= by;
    return [["reduced", id, by, order.remaining]];
  }

  private unhold(order: Resting, lots: bigint): void {
    const [asset, hold] = this.holdOf(order.side, order.price, lots);
    this.move(this.held, order.account, asset, -hold);
    this.move(this.available, order.account, asset, hold);
  }

  levels(side: number): [number, number][] {
    const sums = new Map<bigint, bigint>();
    for (const o of this.orders) {
      if (o.side === side) sums.set(o.price, (sums.get(o.price) ?? 0n) + o.remaining);
    }
    return [...sums]
      .sort(([a], [b]) => (side === 0 ? Number(b - a) : Number(a - b)))
      .map(([price, lots]) => [Number(price), Number(lots)]);
  }
}
