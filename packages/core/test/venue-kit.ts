import {
  BatchBuilder,
  encodeCancelOrder,
  encodeCreateAccount,
  encodeCreateAsset,
  encodeCreateMarket,
  encodeDeposit,
  encodePlaceOrder,
  type MarketParameters,
  type PlaceOrder,
  readEvents,
  Venue,
  type VenueEvent,
  type WordWriter,
} from "@halcyon/core";

export const base = 0;
export const quote = 1;
export const alice = 2;
export const bob = 3;
export const carol = 4;

export const parameters: MarketParameters = {
  symbol: "BTCUSDT",
  baseAsset: base,
  quoteAsset: quote,
  tickUnits: 1_000_000n,
  lotUnits: 1_000n,
  priceTicksMin: 1,
  priceTicksMax: 100_000_000,
  quantityLotsMin: 1,
  quantityLotsMax: 1_000_000_000,
  marketQuantityLotsMax: 100_000_000,
  notionalMin: 0n,
  makerFeePpm: 1000,
  takerFeePpm: 2000,
  openOrdersMax: 200,
};

/** A venue with its log: commands go in one at a time or as batches, events come out decoded. */
export class VenueKit {
  venue: Venue;
  private readonly builder = new BatchBuilder();
  private sequence = 0;
  timeMs = 1_700_000_000_000;
  readonly log: Uint8Array[] = [];

  constructor(venue: Venue = Venue.create()) {
    this.venue = venue;
  }

  /** Applies one command as a batch of its own and returns its events. */
  run(encode: (w: WordWriter) => void): VenueEvent[] {
    return this.batch([encode]);
  }

  batch(encodes: readonly ((w: WordWriter) => void)[], nodeId = 0): VenueEvent[] {
    for (const encode of encodes) this.builder.add(encode);
    const bytes = this.builder.finish({
      nodeId,
      incarnation: 7,
      sequence: ++this.sequence,
      timeMs: this.timeMs++,
      claim: null,
    });
    this.log.push(bytes);
    this.venue.applyBatch(bytes, this.venue.position + 1);
    return readEvents(this.venue.events.words, 0, this.venue.events.length);
  }

  place(order: Partial<PlaceOrder>): VenueEvent[] {
    return this.run((w) => encodePlaceOrder(w, {}, orderOf(order)));
  }

  cancel(account: number, orderId: number): VenueEvent[] {
    const texts = { clientOrderId: "", cancelClientOrderId: "" };
    return this.run((w) => encodeCancelOrder(w, {}, { account, market: 0, orderId, ...texts }));
  }

  deposit(account: number, asset: number, amount: bigint): VenueEvent[] {
    const texts = { network: "", address: "", reference: "" };
    return this.run((w) => encodeDeposit(w, {}, { account, asset, amount, ...texts }));
  }
}

export function orderOf(order: Partial<PlaceOrder>): PlaceOrder {
  return {
    account: alice,
    market: 0,
    side: 0,
    type: 0,
    timeInForce: 0,
    priceTicks: 0,
    quantityLots: 0,
    quoteUnits: 0,
    clientOrderId: "",
    ...order,
  };
}

/** Two assets of eight decimals, one market, three customers with plenty of both assets. */
export function tradingVenue(
  changes: Partial<MarketParameters> = {},
  fundsUnits = 10n ** 17n,
): VenueKit {
  const kit = new VenueKit();
  kit.run((w) => encodeCreateAsset(w, {}, { code: "BTC", decimals: 8 }));
  kit.run((w) => encodeCreateAsset(w, {}, { code: "USDT", decimals: 8 }));
  const market = kit.run((w) => encodeCreateMarket(w, {}, { ...parameters, ...changes }));
  if (market[0]?.type !== "marketCreated") throw new Error("the market was refused");
  for (const label of ["alice", "bob", "carol"]) {
    kit.run((w) => encodeCreateAccount(w, {}, { label }));
  }
  for (const account of [alice, bob, carol]) {
    for (const asset of [base, quote]) kit.deposit(account, asset, fundsUnits);
  }
  return kit;
}
