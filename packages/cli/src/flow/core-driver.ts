import {
  BatchBuilder,
  commandLengthWords,
  encodeCancelOrder,
  encodeCancelReplace,
  encodeCreateAccount,
  encodeCreateAsset,
  encodeCreateMarket,
  encodeDeposit,
  encodePlaceOrder,
  encodeReduceOrder,
  openBatch,
  orderType,
  type Side,
  timeInForce,
  Venue,
  type WordWriter,
} from "@halcyon/core";

/** The account that all orders of a driven flow belong to, and the market they trade in. */
export const flowAccount = 2;
const market = 0;
const lotsMax = 2 ** 32;
const depositUnits = 4_000_000_000_000_000_000n;

export type FlowOrder = {
  readonly side: Side;
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly immediateOrCancel: boolean;
};

/**
 * Drives the venue's own core, ledger on, with one market of whole units and one account that can
 * pay for everything. Commands are collected with `add...`; `run` applies them as a batch and hands
 * over each one's events.
 */
export class CoreDriver {
  readonly venue: Venue = Venue.create();
  private readonly builder = new BatchBuilder();
  private sequence = 0;
  /** Time spent in applying commands; encoding and reading the events are not counted. */
  applySeconds = 0;
  commandCount = 0;

  constructor(priceTicksMax: number) {
    this.add((w) => encodeCreateAsset(w, {}, { code: "SHARE", decimals: 0 }));
    this.add((w) => encodeCreateAsset(w, {}, { code: "CASH", decimals: 0 }));
    this.add((w) =>
      encodeCreateMarket(
        w,
        {},
        {
          symbol: "SHARECASH",
          baseAsset: 0,
          quoteAsset: 1,
          tickUnits: 1n,
          lotUnits: 1n,
          priceTicksMin: 1,
          priceTicksMax,
          quantityLotsMin: 1,
          quantityLotsMax: lotsMax,
          marketQuantityLotsMax: lotsMax,
          notionalMin: 0n,
          makerFeePpm: 0,
          takerFeePpm: 0,
          openOrdersMax: 1_000_000,
        },
      ),
    );
    this.add((w) => encodeCreateAccount(w, {}, { label: "flow" }));
    for (const asset of [0, 1]) {
      const money = { account: flowAccount, asset, amount: depositUnits };
      this.add((w) => encodeDeposit(w, {}, { ...money, network: "", address: "", reference: "" }));
    }
    this.run(() => {});
    this.applySeconds = 0;
    this.commandCount = 0;
  }

  get pending(): number {
    return this.builder.commandCount;
  }

  addOrder(order: FlowOrder): void {
    this.add((w) => encodePlaceOrder(w, {}, this.toOrder(order)));
  }

  addCancel(orderId: number): void {
    this.add((w) => encodeCancelOrder(w, {}, this.toCancel(orderId)));
  }

  /** The old order gives up its place; the new one is only tried when the old one was there. */
  addReplace(orderId: number, order: FlowOrder): void {
    this.add((w) =>
      encodeCancelReplace(
        w,
        {},
        {
          allowFailure: false,
          cancel: this.toCancel(orderId),
          order: this.toOrder(order),
        },
      ),
    );
  }

  addReduce(orderId: number, byLots: number): void {
    this.add((w) => encodeReduceOrder(w, {}, { account: flowAccount, market, orderId, byLots }));
  }

  private toCancel(orderId: number) {
    return {
      account: flowAccount,
      market,
      orderId,
      clientOrderId: "",
      cancelClientOrderId: "",
    };
  }

  private toOrder(order: FlowOrder) {
    return {
      account: flowAccount,
      market,
      side: order.side,
      type: orderType.limit,
      timeInForce: order.immediateOrCancel ? timeInForce.ioc : timeInForce.gtc,
      priceTicks: order.priceTicks,
      quantityLots: order.quantityLots,
      quoteUnits: 0,
      clientOrderId: "",
    };
  }

  private add(encode: (writer: WordWriter) => void): void {
    this.builder.add(encode);
    this.commandCount++;
  }

  /** Applies what was added; `read` gets the events of each command, in order: words[start, end). */
  run(read: (index: number, words: Int32Array, start: number, end: number) => void): void {
    const bytes = this.builder.finish({
      nodeId: 0,
      incarnation: 0,
      sequence: this.sequence++,
      timeMs: this.sequence,
      claim: null,
    });
    const batch = openBatch(bytes);
    const ends: number[] = [];
    const from = performance.now();
    this.venue.beginBatch(batch, this.venue.position + 1);
    const firstStart = this.venue.events.length;
    for (let at = batch.firstCommandAt; at < batch.end; ) {
      this.venue.applyCommand(batch.words, at);
      at += commandLengthWords(batch.words, at);
      ends.push(this.venue.events.length);
    }
    this.venue.endBatch();
    this.applySeconds += (performance.now() - from) / 1000;
    let start = firstStart;
    for (const [index, end] of ends.entries()) {
      read(index, this.venue.events.words, start, end);
      start = end;
    }
  }
}
