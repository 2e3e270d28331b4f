import {
  BatchBuilder,
  encodeCreateAccount,
  encodeCreateAsset,
  encodeCreateMarket,
  encodeDeposit,
  encodePlaceOrder,
  encodeSetRulesVersion,
  type MarketParameters,
  rulesVersionMax,
  Venue,
  type WordWriter,
} from "@halcyon/core";
import { Random } from "@halcyon/sim";
import { customers, middleTicks, oneCommand } from "./command-forms.ts";

const plain: MarketParameters = {
  symbol: "BTCUSDT",
  baseAsset: 0,
  quoteAsset: 1,
  tickUnits: 1_000_000n,
  lotUnits: 1_000n,
  priceTicksMin: 1,
  priceTicksMax: 4_000_000,
  quantityLotsMin: 1,
  quantityLotsMax: 1_000_000_000,
  marketQuantityLotsMax: 1_000_000,
  notionalMin: 0n,
  makerFeePpm: 1_000,
  takerFeePpm: 2_500,
  openOrdersMax: 200,
};
/** Amounts around 2^53 and beyond. */
const large: MarketParameters = {
  ...plain,
  symbol: "ETHUSDT",
  baseAsset: 2,
  tickUnits: 700_000n,
  lotUnits: 500_000_000_000_000n,
};
const strict: MarketParameters = { ...plain, symbol: "XBT", baseAsset: 3, notionalMin: 20_000n };

const startMs = 1_700_000_000_000;

export function applyCommands(venue: Venue, encodes: readonly ((w: WordWriter) => void)[]): void {
  const builder = new BatchBuilder();
  for (const encode of encodes) builder.add(encode);
  const header = { nodeId: venue.position % 3, incarnation: 7, sequence: venue.position + 1 };
  const timeMs = Math.max(startMs, venue.logTimeMs) + 10;
  venue.applyBatch(builder.finish({ ...header, timeMs, claim: null }), venue.position + 1);
}

/** Assets, markets, accounts and their money. */
export function foundingCommands(rulesVersion: number): ((w: WordWriter) => void)[] {
  return [
    (w: WordWriter) => encodeSetRulesVersion(w, {}, { version: rulesVersion }),
    ...["BTC", "USDT", "ETH", "XYZ"].map(
      (code) => (w: WordWriter) => encodeCreateAsset(w, {}, { code, decimals: 8 }),
    ),
    ...[plain, large, strict].map((market) => (w: WordWriter) => encodeCreateMarket(w, {}, market)),
    ...customers.map(
      (account) => (w: WordWriter) => encodeCreateAccount(w, {}, { label: `customer ${account}` }),
    ),
    ...customers.flatMap((account) =>
      [0, 1, 2, 3].map((asset) => (w: WordWriter) => {
        const texts = { network: "", address: "", reference: `first-${account}-${asset}` };
        encodeDeposit(w, {}, { account, asset, amount: 3n * 10n ** 17n, ...texts });
      }),
    ),
  ];
}

function foundedVenue(rulesVersion: number): Venue {
  const venue = Venue.create();
  applyCommands(venue, foundingCommands(rulesVersion));
  return venue;
}

/** Two levels on either side of each market, and one account whose orders are counted per market. */
export function restingOrders(): ((w: WordWriter) => void)[] {
  return Array.from({ length: 40 }, (_, index) => (w: WordWriter) => {
    const side = (index & 1) as 0 | 1;
    const away = 3 + (index % 5);
    encodePlaceOrder(
      w,
      {},
      {
        account: index < 36 ? 2 : 3 + (index % 4),
        market: index % 3,
        side,
        type: 0,
        timeInForce: 0,
        priceTicks: middleTicks + (side === 0 ? -away : away),
        quantityLots: 10 + index,
        quoteUnits: 0,
        clientOrderId: index % 4 === 0 ? `c${index}` : "",
      },
    );
  });
}

/** Snapshots of small venues: a new one, one with orders under the first rules, and two after commands of every type. */
export function preparedSnapshots(): Uint8Array[] {
  const withOrders = foundedVenue(1);
  applyCommands(withOrders, restingOrders());
  const busy = [1, 2].map((seed) => {
    const venue = foundedVenue(rulesVersionMax);
    applyCommands(venue, restingOrders());
    const random = new Random(seed, "prepared venue");
    for (let batch = 0; batch < 12; batch++) {
      applyCommands(
        venue,
        Array.from({ length: 10 }, () => oneCommand(random)),
      );
    }
    return venue;
  });
  return [Venue.create(), withOrders, ...busy].map((venue) => venue.save());
}
