import {
  type CancelOrder,
  encodeAmendOrder,
  encodeCancelAll,
  encodeCancelOrder,
  encodeCancelOrderList,
  encodeCancelReplace,
  encodePlaceOrder,
  encodePlaceOrderList,
  encodeReduceOrder,
  encodeWithdraw,
  type PlaceOrder,
} from "@halcyon/core";
import type { Ask } from "../venue/request.ts";
import type { Random } from "../world/random.ts";
import { drawList } from "./list-forms.ts";
import { drawOrder, type Setting } from "./order-forms.ts";
import type { TradingFloor } from "./trading-floor.ts";

export type CommandAsk = Extract<Ask, { kind: "command" }>;
export type NamedAsk = { readonly what: string; readonly ask: CommandAsk };

/** What a trader knows of its own orders, from the answers it got. */
export type KnownOrder = {
  readonly orderId: number;
  readonly market: number;
  readonly lots: number;
  readonly clientOrderId: string;
  /** 0: in none. */
  readonly listId: number;
};

const centerTicks = 1_000;
const spreadTicks = 7;
const lotsMost = 40;

/** Makes a trader's next command: mostly sound, now and then wrong in every way that is refused. */
export class OrderMaker {
  readonly #random: Random;
  readonly #account: number;
  readonly #name: string;
  readonly #floor: TradingFloor;
  #count = 0;

  constructor(random: Random, account: number, name: string, floor: TradingFloor) {
    this.#random = random;
    this.#account = account;
    this.#name = name;
    this.#floor = floor;
  }

  next(known: readonly KnownOrder[]): NamedAsk {
    const draw = this.#random.below(100);
    const known1 = known.length > 0 && draw >= 68 ? this.#random.pick(known) : null;
    if (draw < 56) return this.#place();
    if (draw < 68) return this.#placeList();
    if (known1 === null) return this.#place();
    if (draw < 80) return this.#cancel(known1);
    if (draw < 87) return this.#replace(known1);
    if (draw < 90) return this.#reduce(known1);
    if (draw < 95) return this.#amend(known1);
    if (draw < 96) return this.#cancelAll();
    if (draw < 97) return this.#cancelList(known1);
    if (draw < 99) return this.#withdraw();
    return this.#cancel({ ...known1, orderId: known1.orderId + this.#random.between(1, 3) });
  }

  #clientOrderId(): string {
    const draw = this.#random.below(10);
    if (draw === 0) return "";
    // The same few names again and again: free once their order is gone, refused while it stands.
    if (draw === 1) return `again-${this.#random.below(3)}`;
    return `${this.#name}-${this.#count++}`;
  }

  #setting(market: number): Setting {
    const { hasNewRules, logTimeMs } = this.#floor;
    return {
      random: this.#random,
      account: this.#account,
      market,
      centerTicks,
      spreadTicks,
      lotsMost,
      nowMs: logTimeMs,
      clientOrderId: () => this.#clientOrderId(),
      hasNewRules: hasNewRules || this.#random.chance(0.03),
    };
  }

  #order(market = this.#random.below(this.#floor.markets)): PlaceOrder {
    return drawOrder(this.#setting(market));
  }

  #place(): NamedAsk {
    const order = this.#order();
    const { market, side, type, quantityLots, priceTicks } = order;
    return {
      what: `place ${market} side ${side} type ${type} ${quantityLots} @ ${priceTicks}`,
      ask: {
        kind: "command",
        lane: this.#random.chance(0.2) ? "bulk" : "normal",
        encode: (w, origin) => encodePlaceOrder(w, origin, order),
      },
    };
  }

  #placeList(): NamedAsk {
    if (!this.#floor.hasNewRules && this.#random.chance(0.95)) return this.#place();
    const setting = this.#setting(this.#random.below(this.#floor.markets));
    const list = drawList(setting, this.#clientOrderId());
    const encode: CommandAsk["encode"] = (w, origin) => encodePlaceOrderList(w, origin, list);
    const what = `place list ${list.market} contingency ${list.contingency}`;
    return { what, ask: { kind: "command", lane: "normal", encode } };
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
    const order = this.#order(known.market);
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

  #amend(known: KnownOrder): NamedAsk {
    const { cancelClientOrderId, ...name } = this.#cancelOf(known);
    const amend = {
      ...name,
      newQuantityLots: Math.max(0, known.lots - this.#random.between(0, 12)),
      newClientOrderId: cancelClientOrderId,
    };
    const encode: CommandAsk["encode"] = (w, origin) => encodeAmendOrder(w, origin, amend);
    return { what: `amend #${known.orderId}`, ask: { kind: "command", lane: "normal", encode } };
  }

  #cancelAll(): NamedAsk {
    const last = this.#floor.markets - 1;
    const all = { account: this.#account, market: this.#random.between(-1, last) };
    const encode: CommandAsk["encode"] = (w, origin) => encodeCancelAll(w, origin, all);
    return { what: "cancel all", ask: { kind: "command", lane: "cancel", encode } };
  }

  #cancelList({ market, listId }: KnownOrder): NamedAsk {
    const cancel = {
      account: this.#account,
      market,
      listId: listId === 0 ? this.#random.between(1, 40) : listId,
      listClientOrderId: "",
      cancelClientOrderId: this.#random.chance(0.5) ? `c-${this.#count++}` : "",
    };
    const encode: CommandAsk["encode"] = (w, origin) => encodeCancelOrderList(w, origin, cancel);
    return { what: `cancel list ${listId}`, ask: { kind: "command", lane: "cancel", encode } };
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
