import { setTimeout as delay } from "node:timers/promises";
import { AdminClient } from "./admin-client.ts";
import { loop } from "./loop.ts";
import { Maker } from "./maker.ts";
import { type DemoMarket, MarketTerms } from "./market-terms.ts";
import { PriceWalk } from "./price-walk.ts";
import { provision } from "./provision.ts";
import { seededRandom } from "./random.ts";
import { RestClient } from "./rest-client.ts";
import { Taker } from "./taker.ts";
import { WsClient } from "./ws-client.ts";

export type DemoOptions = {
  /** Address of the edge. */
  readonly url: string;
  readonly administratorToken: string;
  readonly markets: readonly DemoMarket[];
  /** What is random follows from it. */
  readonly seed: number;
  /** Of all traders together, cancels included. */
  readonly requestsPerSecond: number;
  readonly logger: DemoLogger;
  /** Told of everything that is done or fails, for the metrics. */
  readonly count: (market: string, what: string) => void;
};
export type DemoLogger = {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
};
export type DemoTraders = {
  /** Whether every market has its book, and traders that trade on it. */
  isTrading(): boolean;
  /** Ends the loops and takes the makers' orders off the book. */
  stop(): Promise<void>;
};

/** Of a market's requests, those that the taker makes. */
const takerShare = 0.25;
/** Money for so many smallest orders on either side. */
const fundsMultiple = 2_000_000;
const stopTimeoutMs = 3_000;

/** A market maker and a taker for each market, each with its own account and key. */
export function startDemoTraders(options: DemoOptions): DemoTraders {
  const stopping = new AbortController();
  const trading = new Set<string>();
  const finished = options.markets.map((market) =>
    tradeMarket(options, new MarketTerms(market), stopping.signal, () =>
      trading.add(market.symbol),
    ),
  );
  return {
    isTrading: () => trading.size === options.markets.length,
    async stop() {
      stopping.abort();
      const deadline = delay(stopTimeoutMs, undefined, { ref: false });
      await Promise.race([Promise.all(finished), deadline]);
    },
  };
}

async function tradeMarket(
  options: DemoOptions,
  terms: MarketTerms,
  signal: AbortSignal,
  onTrading: () => void,
): Promise<void> {
  const { symbol } = terms;
  const onFailure = (who: string) => (error: Error) => {
    options.count(symbol, `${who} failed`);
    options.logger.warn({ market: symbol, trader: who, reason: error.message }, "trader waits");
  };
  const ready = await prepared(options, terms, signal, onFailure("preparation"));
  if (ready === null) return;
  const { maker, taker, makerClient } = ready;
  onTrading();
  options.logger.info({ market: symbol }, "demo traders trade");
  const everyMs = (options.markets.length * 1000) / options.requestsPerSecond;
  const makerFailed = onFailure("maker");
  await Promise.all([
    loop({
      everyMs: everyMs / (1 - takerShare),
      signal,
      step: () => maker.step(),
      onFailure: (error) => {
        maker.distrust();
        makerFailed(error);
      },
    }),
    loop({
      everyMs: everyMs / takerShare,
      signal,
      step: () => taker.step(),
      onFailure: onFailure("taker"),
    }),
  ]);
  // A venue that is gone already has no use for it, and the next start takes over what stands.
  await maker.cancelAll().catch(makerFailed);
  await makerClient.close();
}

/** Tries until the venue answers; null when the stop comes first. */
async function prepared(
  options: DemoOptions,
  terms: MarketTerms,
  signal: AbortSignal,
  onFailure: (error: Error) => void,
) {
  const done = new AbortController();
  let result: Awaited<ReturnType<typeof prepare>> | null = null;
  await loop({
    everyMs: 0,
    signal: AbortSignal.any([signal, done.signal]),
    step: async () => {
      result = await prepare(options, terms);
      done.abort();
    },
    onFailure,
  });
  return result as Awaited<ReturnType<typeof prepare>> | null;
}

async function prepare({ url, administratorToken, seed, count }: DemoOptions, terms: MarketTerms) {
  const { symbol, base, quote } = terms;
  const admin = new AdminClient(url, administratorToken);
  const amounts = terms.funds(fundsMultiple);
  const funds = { [base]: amounts.base, [quote]: amounts.quote };
  const makerKey = await provision(admin, `demo maker ${symbol}`, funds);
  const takerKey = await provision(admin, `demo taker ${symbol}`, funds);

  const rest = new RestClient(url, takerKey);
  const last = (await rest.open("/api/v3/ticker/price", { symbol })) as { price: string };
  const lastTicks = terms.ticksOf(last.price);
  const random = seededRandom(seed, symbol);
  const walk = new PriceWalk(lastTicks > 0 ? lastTicks : terms.startTicks, random);
  const counted = (what: string) => count(symbol, what);
  const makerClient = new WsClient(url, makerKey);
  const makerRandom = seededRandom(seed, `${symbol} maker`);
  const takerRandom = seededRandom(seed, `${symbol} taker`);
  const maker = new Maker(makerClient, terms, walk, makerRandom, counted);
  await maker.build().catch(async (error: unknown) => {
    await makerClient.close();
    throw error;
  });
  return {
    makerClient,
    maker,
    taker: new Taker(rest, terms, () => walk.ticks, takerRandom, counted),
  };
}
