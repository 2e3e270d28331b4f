import type { CancelOrder, MoneyTransfer, PlaceOrder } from "@halcyon/core";
import { drawList } from "../load/list-forms.ts";
import { drawOrder, type Setting } from "../load/order-forms.ts";
import { drawRules } from "../load/rule-forms.ts";
import { drawTransfers, type TransferSetting } from "../load/transfer-forms.ts";
import type { OpenOrder, ReferenceState } from "../reference/reference-state.ts";
import type { Random } from "../world/random.ts";
import { type Deed, deed } from "./deeds.ts";

/** What the streams of commands of one seed are like. */
export type Grounds = {
  readonly accounts: number;
  readonly markets: number;
  readonly centerTicks: number;
  readonly spreadTicks: number;
  readonly lotsMost: number;
  readonly firstCustomer: number;
};

/** Draws the next command for a venue in this state: dense, so that most of them meet something. */
export class DeedMaker {
  readonly #random: Random;
  readonly #grounds: Grounds;
  readonly #state: ReferenceState;
  readonly #asked: Deed[] = [];
  readonly #transferIds = { last: 0 };
  #names = 0;

  constructor(random: Random, grounds: Grounds, state: ReferenceState) {
    this.#random = random;
    this.#grounds = grounds;
    this.#state = state;
  }

  /** Half of the commands have a request id; now and then a request comes again. */
  next(): Deed {
    const random = this.#random;
    if (this.#asked.length > 0 && random.chance(0.03)) return random.pick(this.#asked);
    if (random.chance(0.5)) return this.#draw();
    const asked = { ...this.#draw(), request: this.#asked.length + 1 };
    this.#asked.push(asked);
    return asked;
  }

  #draw(): Deed {
    const random = this.#random;
    const draw = random.below(100);
    if (draw < 62) return deed("placeOrder", this.#order());
    if (draw < 76) return this.#list();
    if (draw < 80) return this.#change();
    if (draw < 89) return this.#touch(this.#pick());
    if (draw < 90) return this.#cancelList();
    if (random.chance(0.05)) {
      const market = random.between(-1, this.#grounds.markets);
      return deed("cancelAll", { account: this.#account(), market });
    }
    if (draw < 94) return this.#money();
    return draw < 99 ? this.#rule() : deed("tick", {});
  }

  #account(): number {
    const { firstCustomer, accounts } = this.#grounds;
    return firstCustomer + this.#random.below(accounts);
  }

  #name(): string {
    const draw = this.#random.below(10);
    if (draw < 4) return "";
    return draw < 7 ? `again-${this.#random.below(4)}` : `n${this.#names++}`;
  }

  #setting(market = this.#random.below(this.#grounds.markets)): Setting {
    const { centerTicks, spreadTicks, lotsMost } = this.#grounds;
    const last = Number(this.#state.markets[market]?.last ?? 0n);
    return {
      random: this.#random,
      account: this.#account(),
      market,
      // Pulled back to the middle: prices wander, but not away.
      centerTicks: last === 0 ? centerTicks : Math.round((last * 3 + centerTicks) / 4),
      spreadTicks,
      lotsMost,
      nowMs: this.#state.clock.nowMs,
      clientOrderId: () => this.#name(),
      hasNewRules: this.#state.rulesVersion >= 2 || this.#random.chance(0.05),
    };
  }

  #order(): PlaceOrder {
    return drawOrder(this.#setting());
  }

  #list(): Deed {
    return deed("placeOrderList", drawList(this.#setting(), this.#name()));
  }

  /** Mostly an open order; now and then one that is gone, or none. */
  #pick(): OpenOrder | undefined {
    const { orders } = this.#state;
    return orders.length === 0 || this.#random.chance(0.05) ? undefined : this.#random.pick(orders);
  }

  #nameOf(order: OpenOrder | undefined): Omit<CancelOrder, "cancelClientOrderId"> {
    const random = this.#random;
    const latest = Number(this.#state.nextOrder);
    const how = random.below(3);
    const id = order === undefined ? random.between(0, latest + 1) : Number(order.id);
    const name = order?.clientOrderId ?? this.#name();
    return {
      account: order === undefined || random.chance(0.03) ? this.#account() : order.asked.account,
      market: order?.market.id ?? random.below(this.#grounds.markets + 1),
      orderId: how === 0 && name !== "" ? 0 : id,
      clientOrderId: how === 1 ? "" : name,
    };
  }

  #cancelOf(order: OpenOrder | undefined): CancelOrder {
    return { ...this.#nameOf(order), cancelClientOrderId: this.#random.chance(0.5) ? "" : "by-me" };
  }

  #change(): Deed {
    const cancel = this.#cancelOf(this.#pick());
    const order = { ...this.#order(), account: cancel.account, market: cancel.market };
    return deed("cancelReplace", { allowFailure: this.#random.chance(0.5), cancel, order });
  }

  #touch(order: OpenOrder | undefined): Deed {
    const random = this.#random;
    const draw = random.below(10);
    if (draw < 4) return deed("cancelOrder", this.#cancelOf(order));
    const { clientOrderId, ...name } = this.#nameOf(order);
    if (draw < 6) {
      const { account, market, orderId } = name;
      return deed("reduceOrder", { account, market, orderId, byLots: random.between(0, 8) });
    }
    const quantity = Number(order?.quantity ?? 5n);
    return deed("amendOrder", {
      ...name,
      clientOrderId,
      newQuantityLots: Math.max(0, quantity - random.between(-1, 8)),
      newClientOrderId: random.chance(0.6) ? "" : this.#name(),
    });
  }

  #cancelList(): Deed {
    const random = this.#random;
    const { lists } = this.#state;
    const list = lists.length === 0 || random.chance(0.1) ? undefined : random.pick(lists);
    const clientId = list?.clientId ?? this.#name();
    return deed("cancelOrderList", {
      account: list?.account ?? this.#account(),
      market: list?.market.id ?? 0,
      listId: clientId !== "" && random.chance(0.3) ? 0 : (list?.id ?? random.below(9)),
      listClientOrderId: random.chance(0.3) ? "" : clientId,
      cancelClientOrderId: random.chance(0.5) ? "" : "list-by-me",
    });
  }

  #transfer(): Deed {
    const { firstCustomer, accounts, markets } = this.#grounds;
    const setting: TransferSetting = {
      random: this.#random,
      accountFrom: firstCustomer - 1,
      accountTo: firstCustomer + accounts,
      assets: markets + 2,
      amountMost: this.#random.pick([40, 4_000, 400_000]),
      ids: this.#transferIds,
    };
    return deed("transfer", drawTransfers(setting));
  }

  #money(): Deed {
    const random = this.#random;
    if (random.chance(0.5)) return this.#transfer();
    const transfer: MoneyTransfer = {
      account: random.between(0, this.#grounds.firstCustomer + this.#grounds.accounts),
      asset: random.below(this.#grounds.markets + 2),
      amount: BigInt(random.between(-1, 40)) * BigInt(random.pick([1, 100, 10_000])),
      network: "",
      address: "",
      reference: random.chance(0.7) ? "" : `r${random.below(9)}`,
      ...(random.chance(0.3) ? { transferId: [1, 1, 1, random.between(1, 12)] as const } : {}),
    };
    return deed(random.chance(0.5) ? "deposit" : "withdraw", transfer);
  }

  #rule(): Deed {
    const random = this.#random;
    const market = random.below(this.#grounds.markets);
    const fees = () => random.pick([-1, 0, 1_000, 50_000, 100_001]);
    const account = this.#account();
    const makerFeePpm = fees();
    const rules: (() => Deed)[] = [
      () => this.#marketState(market),
      () => deed("setMarketState", { market, state: 0 }),
      () => deed("setMarketState", { market, state: 0 }),
      () =>
        deed("setMarketRules", {
          market,
          rules: drawRules(random, 1_000_000 / this.#grounds.centerTicks),
        }),
      () => deed("setMarketFees", { market, makerFeePpm, takerFeePpm: fees() }),
      () => deed("setAccountFees", { account, makerFeePpm, takerFeePpm: fees() }),
      () => deed("setAccountFlags", { account, flags: random.pick([1, 2, 4, 8, 16, 16, 32]) }),
      () => deed("setAccountFlags", { account, flags: 0 }),
      () => deed("setAccountFlags", { account, flags: 0 }),
      () => deed("setAccountTier", { account, tier: random.below(4) }),
      () => {
        const tier = random.below(4);
        return deed("setFeeTier", { market, tier, makerFeePpm, takerFeePpm: fees() });
      },
      () => deed("setRulesVersion", { version: random.between(1, 3) }),
    ];
    return random.pick(rules)();
  }

  #marketState(market: number): Deed {
    const random = this.#random;
    const state = random.pick([0, 0, 1, 2, 3, 4, 4, 4] as const);
    return deed("setMarketState", { market, state, resumes: random.chance(0.8) });
  }
}
