import { ApiError, unknownOrder } from "./api-error.ts";
import {
  type LadderAction,
  type LadderShape,
  nextAction,
  type OpenOrder,
  type Rung,
  type Side,
} from "./ladder.ts";
import type { MarketTerms } from "./market-terms.ts";
import type { PriceWalk } from "./price-walk.ts";
import type { Random } from "./random.ts";
import type { WsClient } from "./ws-client.ts";

/** About three seconds at the usual rate. */
const reconcileEverySteps = 12;
const rungsPerSide = 20;
const buildRequestsMax = 4 * rungsPerSide;
/** Between two rungs, as part of the price. */
const stepShare = 0.0002;
/** A rung's worth, in smallest orders. */
const rungWorthMin = 50;
const rungWorthMax = 400;

type Placed = { readonly orderId: number; readonly status: string };
type Listed = { readonly orderId: number; readonly side: Side; readonly price: string };

/** A market maker: keeps a ladder of orders on both sides of a walking price, over the WebSocket API. */
export class Maker {
  readonly #client: WsClient;
  readonly #terms: MarketTerms;
  readonly #walk: PriceWalk;
  readonly #random: Random;
  readonly #shape: LadderShape;
  readonly #count: (what: string) => void;
  #open = new Map<number, OpenOrder>();
  #stepsToReconcile = 0;

  constructor(
    client: WsClient,
    terms: MarketTerms,
    walk: PriceWalk,
    random: Random,
    count: (what: string) => void,
  ) {
    this.#client = client;
    this.#terms = terms;
    this.#walk = walk;
    this.#random = random;
    this.#count = count;
    this.#shape = {
      stepTicks: Math.max(1, Math.round(walk.ticks * stepShare)),
      rungsPerSide,
      ticksMin: terms.ticksMin,
      ticksMax: terms.ticksMax,
    };
  }

  /** The whole ladder at once, so that there is somebody to trade with from the start. */
  async build(): Promise<void> {
    await this.#reconcile();
    for (let request = 0; request < buildRequestsMax; request++) {
      const action = this.#nextAction();
      if (action.kind === "none") return;
      await (action.kind === "place" ? this.#place(action.rung) : this.#cancel(action.order));
    }
  }

  /** One request: an order placed or cancelled, or now and then a look at what is open. */
  async step(): Promise<void> {
    this.#walk.step();
    // Fills are seen by looking: an order that is gone from the list leaves a rung to be placed.
    if (this.#stepsToReconcile <= 0) return this.#reconcile();
    this.#stepsToReconcile--;
    const action = this.#nextAction();
    if (action.kind === "cancel") return this.#cancel(action.order);
    if (action.kind === "place") return this.#place(action.rung);
    const orders = [...this.#open.values()];
    const refreshed = orders[Math.floor(this.#random() * orders.length)];
    if (refreshed !== undefined) return this.#cancel(refreshed);
  }

  #nextAction(): LadderAction {
    return nextAction([...this.#open.values()], this.#walk.ticks, this.#shape);
  }

  /** After a failure nobody knows what is open until it was looked at. */
  distrust(): void {
    this.#stepsToReconcile = 0;
  }

  async cancelAll(): Promise<void> {
    const { symbol } = this.#terms;
    await this.#client.signed("openOrders.cancelAll", { symbol });
    this.#open.clear();
  }

  async #reconcile(): Promise<void> {
    const { symbol } = this.#terms;
    const listed = (await this.#client.signed("openOrders.status", { symbol })) as Listed[];
    this.#open = new Map(
      listed.map(({ orderId, side, price }) => [
        orderId,
        { orderId, side, ticks: this.#terms.ticksOf(price) },
      ]),
    );
    this.#stepsToReconcile = reconcileEverySteps;
  }

  async #place({ side, ticks }: Rung): Promise<void> {
    const worth = rungWorthMin + this.#random() * (rungWorthMax - rungWorthMin);
    const placed = (await this.#client.signed("order.place", {
      symbol: this.#terms.symbol,
      side,
      type: "LIMIT",
      timeInForce: "GTC",
      price: this.#terms.priceText(ticks),
      quantity: this.#terms.quantityText(this.#terms.lotsWorth(worth, ticks)),
      newOrderRespType: "RESULT",
    })) as Placed;
    this.#count("placed");
    if (placed.status === "FILLED") return;
    this.#open.set(placed.orderId, { orderId: placed.orderId, side, ticks });
  }

  async #cancel({ orderId }: OpenOrder): Promise<void> {
    this.#open.delete(orderId);
    try {
      await this.#client.signed("order.cancel", { symbol: this.#terms.symbol, orderId });
      this.#count("cancelled");
    } catch (error) {
      // It was filled in the meantime, which is what it was there for.
      if (!(error instanceof ApiError) || error.code !== unknownOrder) throw error;
      this.#count("filled before cancel");
    }
  }
}
