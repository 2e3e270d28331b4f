import type { MarketTerms } from "./market-terms.ts";
import type { Random } from "./random.ts";
import type { RestClient } from "./rest-client.ts";

/** Worth of an order, in smallest orders: mostly small, now and then through several rungs. */
const worthMin = 2;
const worthMax = 800;

/** Somebody who buys and sells at the market, over REST. */
export class Taker {
  readonly #client: RestClient;
  readonly #terms: MarketTerms;
  readonly #random: Random;
  readonly #count: (what: string) => void;
  readonly #middleTicks: () => number;

  constructor(
    client: RestClient,
    terms: MarketTerms,
    middleTicks: () => number,
    random: Random,
    count: (what: string) => void,
  ) {
    this.#client = client;
    this.#terms = terms;
    this.#middleTicks = middleTicks;
    this.#random = random;
    this.#count = count;
  }

  async step(): Promise<void> {
    const worth = worthMin * (worthMax / worthMin) ** (this.#random() ** 2);
    const lots = this.#terms.lotsWorth(worth, this.#middleTicks());
    await this.#client.signed("POST", "/api/v3/order", {
      symbol: this.#terms.symbol,
      side: this.#random() < 0.5 ? "BUY" : "SELL",
      type: "MARKET",
      quantity: this.#terms.quantityText(lots),
    });
    this.#count("taken");
  }
}
