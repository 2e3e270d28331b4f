import {
  type CancelOrder,
  encodeCancelAll,
  encodeCancelOrder,
  encodeCancelReplace,
  encodePlaceOrder,
  encodeReduceOrder,
  encodeWithdraw,
  type PlaceOrder,
} from "@halcyon/core";
import type { Ask } from "../venue/request.ts";
import type { Random } from "../world/random.ts";

export type CommandAsk = Extract<Ask, { kind: "command" }>;
export type NamedAsk = { readonly what: string; readonly ask: CommandAsk };

/** What a trader knows of its own orders, from the answers it got. */
export type KnownOrder = {
  readonly orderId: number;
  readonly market: number;
  readonly clientOrderId: string;
};

/** Makes a trader's next command: mostly sound, now and then wrong in every way that is refused. */
export class OrderMaker {
  readonly #random: Random;
  readonly #account: number;
  readonly #name: string;
  readonly #marketCount: number;
  #count = 0;

  constructor(random: Random, account: number, name: string, marketCount: number) {
    this.#random = random;
    this.#account = account;
    this.#name = name;
    this.#marketCount = marketCount;
  }

  next(known: readonly KnownOrder[]): NamedAsk {
    const draw = this.#random.below(100);
    const known1 = known.length > 0 && draw >= 62 ? this.#random.pick(known) : null;
    if (draw < 62 || known1 === null) return this.#place();
    if (draw < 80) return this.#cancel(known1);
    if (draw < 89) return this.#replace(known1);
    if (draw < 94) return this.#reduce(known1);
    if (draw < 96) return this.#cancelAll();
    if (draw < 98) return this.#withdraw();
    return this.#cancel({ ...known1, orderId: known1.orderId + this.#random.between(1, 3) });
  }

  #clientOrderId(): string {
    const draw = this.#random.below(10);
    if (draw === 0) return "";
    // The same few names again and again: free once their order is gone, refused while it stands.
    if (draw === 1) return `again-${this.#random.below(3)}`;
    return `${this.#name}-${this.#count++}`;
  }

  #order(): PlaceOrder {
    const random = this.#random;
    const draw = random.below(100);
    const isMarket = draw < 12;
    const byQuote = isMarket && random.chance(0.4);
    const side = random.below(2) as 0 | 1;
    const near = 1000 + random.between(-12, 12) + (side === 0 ? -3 : 3);
    const isOdd = random.chance(0.03);
    return {
      account: this.#account,
      market: random.chance(0.02) ? this.#marketCount : random.below(this.#marketCount),
      side,
      type: isMarket ? 1 : draw < 24 ? 2 : 0,
      timeInForce: isMarket || draw < 24 ? 0 : draw < 36 ? 1 : draw < 46 ? 2 : 0,
      priceTicks: isMarket ? 0 : isOdd ? random.between(0, 5_000_000) : near,
      quantityLots: byQuote ? 0 : isOdd ? random.below(2 ** 31) : random.between(1, 40),
      quoteUnits: byQuote ? 1 + random.below(random.pick([500_000, 2 ** 52])) : 0,
      clientOrderId: this.#clientOrderId(),
    };
  }

  #place(): NamedAsk {
    const order = this.#order();
    return {
      what: `place ${order.market} side ${order.side} ${order.quantityLots} @ ${order.priceTicks}`,
      ask: {
        kind: "command",
        lane: this.#random.chance(0.2) ? "bulk" : "normal",
        encode: (w, origin) => encodePlaceOrder(w, origin, order),
      },
    };
  }

  #cancelOf(known: KnownOrder): CancelOrder {
    const how = this.#random.below(3);
    const hasName = known.clientOrderId !== "";
    return {
      account: this.#account,
      market: known.market,
      orderId: how === 1 && hasName ? 0 : known.orderId,
      clientOrderId: how === 0 ? "" : known.clientOrderId,
      cancelClientOrderId: this.#random.chance(0.5) ? `c-${this.#count++}` : "",
    };
  }

  #cancel(known: KnownOrder): NamedAsk {
    const cancel = this.#cancelOf(known);
    const encode: CommandAsk["encode"] = (w, origin) => encodeCancelOrder(w, origin, cancel);
    return { what: `cancel #${known.orderId}`, ask: { kind: "command", lane: "cancel", encode } };
  }

  #replace(known: KnownOrder): NamedAsk {
    const cancel = this.#cancelOf(known);
    const order = { ...this.#order(), market: known.market };
    const allowFailure = this.#random.chance(0.5);
    const encode: CommandAsk["encode"] = (w, origin) =>
      encodeCancelReplace(w, origin, { allowFailure, cancel, order });
    return { what: `replace #${known.orderId}`, ask: { kind: "command", lane: "normal", encode } };
  }

  #reduce(known: KnownOrder): NamedAsk {
    const reduce = {
      account: this.#account,
      market: known.market,
      orderId: known.orderId,
      byLots: this.#random.between(0, 12),
    };
    const encode: CommandAsk["encode"] = (w, origin) => encodeReduceOrder(w, origin, reduce);
    return { what: `reduce #${known.orderId}`, ask: { kind: "command", lane: "normal", encode } };
  }

  #cancelAll(): NamedAsk {
    const all = { account: this.#account, market: this.#random.between(-1, this.#marketCount - 1) };
    const encode: CommandAsk["encode"] = (w, origin) => encodeCancelAll(w, origin, all);
    return { what: "cancel all", ask: { kind: "command", lane: "cancel", encode } };
  }

  #withdraw(): NamedAsk {
    const transfer = {
      account: this.#account,
      asset: this.#random.below(3),
      amount: BigInt(this.#random.between(0, 1_000_000)),
      network: "net",
      address: "there",
      reference: this.#random.chance(0.3) ? "" : `w-${this.#random.below(20)}`,
    };
    const encode: CommandAsk["encode"] = (w, origin) => encodeWithdraw(w, origin, transfer);
    return { what: "withdraw", ask: { kind: "command", lane: "high", encode } };
  }
}
