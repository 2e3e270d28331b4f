import {
  BatchBuilder,
  commandLengthWords,
  encodeCancelOrder,
  encodeCreateAccount,
  encodeCreateAsset,
  encodeCreateMarket,
  encodeDeposit,
  encodePlaceOrder,
  encodeSetRulesVersion,
  openBatch,
  orderType,
  type PlaceOrder,
  side,
  timeInForce,
  Venue,
  type VenueEvent,
  type WordWriter,
} from "@halcyon/core";
import { CommandEvents, type Projection } from "@halcyon/replica";
import { Views } from "../src/views/views.ts";

export const startMs: number = Date.UTC(2026, 0, 5, 12, 0, 0);
export const alice = 2;
export const bob = 3;
export const carol = 4;
export const market = 0;

type Encode = (writer: WordWriter) => void;

/** The real core with views on it, driven without a log: one batch per call. */
export class ViewsVenue {
  readonly venue: Venue = Venue.create();
  readonly projections: Projection[];
  readonly views: Views;
  timeMs: number;
  #sequence = 0;

  /** With BTCUSDT (ticks of 0.01, lots of 0.00001), ETHUSDT, and two accounts with money. */
  constructor(views: Views = new Views(), timeMs: number = startMs) {
    this.views = views;
    this.timeMs = timeMs;
    this.projections = [views];
    this.run(
      (w) => encodeSetRulesVersion(w, {}, { version: 2 }),
      (w) => encodeCreateAsset(w, {}, { code: "USDT", decimals: 8 }),
      (w) => encodeCreateAsset(w, {}, { code: "BTC", decimals: 8 }),
      (w) => encodeCreateAsset(w, {}, { code: "ETH", decimals: 8 }),
      (w) => encodeCreateMarket(w, {}, marketOf("BTCUSDT", 1)),
      (w) => encodeCreateMarket(w, {}, marketOf("ETHUSDT", 2)),
    );
    for (const label of ["alice", "bob", "carol"]) this.addAccount(label);
  }

  addAccount(label: string): number {
    const account = this.venue.accounts.count;
    this.run((w) => encodeCreateAccount(w, {}, { label }));
    for (const asset of [0, 1, 2]) {
      const amount = 10n ** 17n;
      const rest = { network: "TEST", address: "a", reference: `${label}-${asset}` };
      this.run((w) => encodeDeposit(w, {}, { account, asset, amount, ...rest }));
    }
    return account;
  }

  run(...encodes: Encode[]): VenueEvent[] {
    const builder = new BatchBuilder();
    for (const encode of encodes) builder.add(encode);
    const header = {
      nodeId: 0,
      incarnation: 1,
      sequence: ++this.#sequence,
      timeMs: this.timeMs,
      claim: null,
    };
    const batch = openBatch(builder.finish(header));
    const { venue } = this;
    const position = venue.position + 1;
    venue.beginBatch(batch, position);
    const all: VenueEvent[] = [];
    const tell = (index: number, start: number): void => {
      const events = new CommandEvents(venue.events.words, start, venue.events.length);
      const context = { position, index, logTimeMs: venue.logTimeMs, venue };
      for (const projection of this.projections) projection.onCommand(context, events);
      all.push(...events.all);
    };
    if (venue.events.length > 0) tell(-1, 0);
    let index = 0;
    for (let at = batch.firstCommandAt; at < batch.end; at += commandLengthWords(batch.words, at)) {
      const start = venue.events.length;
      venue.applyCommand(batch.words, at);
      tell(index++, start);
    }
    venue.endBatch();
    for (const projection of this.projections) {
      projection.onBatch(position, venue.logTimeMs, venue);
    }
    return all;
  }

  /** Places an order and returns its id. A limit order, good till cancelled, unless told otherwise. */
  place(order: Partial<PlaceOrder>): number {
    const events = this.run((w) => encodePlaceOrder(w, {}, orderOf(order)));
    const accepted = events.find((event) => event.type === "orderAccepted");
    if (accepted === undefined) throw new Error(`refused: ${JSON.stringify(events)}`);
    return accepted.orderId;
  }

  cancel(account: number, orderId: number, cancelClientOrderId = ""): void {
    const clientOrderId = "";
    this.run((w) =>
      encodeCancelOrder(w, {}, { account, market, orderId, clientOrderId, cancelClientOrderId }),
    );
  }

  /** One trade between bob, who makes, and alice, who takes. */
  trade(priceTicks: number, quantityLots: number, takerSide: 0 | 1 = side.buy): void {
    const makerSide = takerSide === side.buy ? side.sell : side.buy;
    this.place({ account: bob, side: makerSide, priceTicks, quantityLots });
    this.place({ account: alice, side: takerSide, priceTicks, quantityLots });
  }
}

export function orderOf(order: Partial<PlaceOrder>): PlaceOrder {
  return {
    account: alice,
    market,
    side: side.buy,
    type: orderType.limit,
    timeInForce: timeInForce.gtc,
    priceTicks: 0,
    quantityLots: 0,
    quoteUnits: 0,
    clientOrderId: "",
    ...order,
  };
}

function marketOf(symbol: string, baseAsset: number) {
  return {
    symbol,
    baseAsset,
    quoteAsset: 0,
    tickUnits: 1_000_000n,
    lotUnits: 1_000n,
    priceTicksMin: 1,
    priceTicksMax: 1_000_000_000,
    quantityLotsMin: 1,
    quantityLotsMax: 1_000_000_000_000,
    marketQuantityLotsMax: 1_000_000_000_000,
    notionalMin: 1n,
    makerFeePpm: 1_000,
    takerFeePpm: 2_000,
    openOrdersMax: 1_000,
  };
}
