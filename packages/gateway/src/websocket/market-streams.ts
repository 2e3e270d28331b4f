import type { MarketGrid } from "../dialect/market-grid.ts";
import type { GatewayContext } from "../dialect/method.ts";
import type { ViewListener } from "../views/listener.ts";
import { bookTickerPublisher, depthPublisher, partialDepthPublisher } from "./book-streams.ts";
import { klinePublisher } from "./kline-streams.ts";
import type { Publish, Publisher } from "./publisher.ts";
import type { AllStreamKind, Beat, MarketStreamKind, StreamName } from "./stream-name.ts";
import { parseStreamName } from "./stream-name.ts";
import {
  allTickersPublisher,
  readAveragePrice,
  readDayTicker,
  readMiniTicker,
  readWindowTicker,
  type TickerSource,
  tickerPublisher,
} from "./ticker-streams.ts";
import { type StreamReceiver, Topic } from "./topic.ts";
import { aggregateTradePublisher, tradePublisher } from "./trade-streams.ts";

/** The market of streams that are about all of them. */
const allMarkets = -1;

type Stream = { readonly topic: Topic; readonly publisher: Publisher; readonly market: number };

/** All market streams that somebody reads. A stream nobody reads does not exist and costs nothing. */
export class MarketStreams {
  readonly #gateway: GatewayContext;
  readonly #source: TickerSource;
  readonly #streams = new Map<string, Stream>();
  readonly #publishers = new Map<number, Set<Publisher>>();
  readonly #beats: Readonly<Record<Beat, Set<Publisher>>> = { 100: new Set(), 1000: new Set() };
  readonly listener: ViewListener = {
    watchesAccount: () => false,
    onTrade: (market, trade) => {
      for (const publisher of this.#of(market)) publisher.onTrade?.(trade);
    },
    onAggregateTrade: (market, aggregate) => {
      for (const publisher of this.#of(market)) publisher.onAggregateTrade?.(aggregate);
    },
    onLevel: (market, side, priceTicks) => {
      for (const publisher of this.#of(market)) publisher.onLevel?.(side, priceTicks);
    },
    onCommandEnd: (_context, bookMarkets) => {
      for (const market of bookMarkets) {
        for (const publisher of this.#of(market)) publisher.onBookCommand?.();
      }
    },
  };

  constructor(gateway: GatewayContext) {
    this.#gateway = gateway;
    this.#source = {
      venue: () => gateway.replica.venue,
      views: gateway.views,
      gridOf: (market) => gateway.grids.of(market),
    };
  }

  get count(): number {
    return this.#streams.size;
  }

  /** Whether there is, or could be, a stream of this name. */
  knows(name: string): boolean {
    return this.#streams.has(name) || this.#resolve(name) !== null;
  }

  /** Adds a reader to a stream that exists by its name. */
  subscribe(name: string, receiver: StreamReceiver): void {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      const resolved = this.#resolve(name);
      if (resolved === null) throw new Error(`there is no stream ${name}`);
      stream = this.#open(name, resolved.name, resolved.market);
    }
    stream.topic.add(receiver);
  }

  /** Tells a new reader what the stream would say now. */
  greet(name: string, receiver: StreamReceiver): void {
    const stream = this.#streams.get(name);
    const json = stream?.publisher.current?.() ?? null;
    if (stream !== undefined && json !== null) stream.topic.publishTo(receiver, json);
  }

  unsubscribe(name: string, receiver: StreamReceiver): void {
    const stream = this.#streams.get(name);
    if (stream === undefined) return;
    stream.topic.remove(receiver);
    if (stream.topic.size > 0) return;
    this.#streams.delete(name);
    const { publisher, market } = stream;
    const publishers = this.#publishers.get(market)!;
    publishers.delete(publisher);
    if (publishers.size === 0) this.#publishers.delete(market);
    if (publisher.beat !== undefined) this.#beats[publisher.beat].delete(publisher);
  }

  onBeat(beat: Beat): void {
    // Before the replica has its state there is neither a market nor anybody who follows one.
    if (this.#beats[beat].size === 0) return;
    const nowMs = this.#gateway.replica.venue.logTimeMs;
    for (const publisher of this.#beats[beat]) publisher.onBeat?.(nowMs);
  }

  #of(market: number): Iterable<Publisher> {
    return this.#publishers.get(market) ?? nobody;
  }

  #resolve(name: string): { readonly name: StreamName; readonly market: number } | null {
    const parsed = parseStreamName(name);
    if (parsed === null) return null;
    if (parsed.symbol === null) return { name: parsed, market: allMarkets };
    const market = this.#gateway.replica.venue.markets.bySymbol(parsed.symbol);
    return market === undefined ? null : { name: parsed, market: market.id };
  }

  #open(name: string, parsed: StreamName, market: number): Stream {
    const topic = new Topic(name);
    const publish: Publish = (json) => topic.publish(json);
    const publisher =
      parsed.symbol === null
        ? this.#allPublisher(parsed.stream, publish)
        : this.#marketPublisher(this.#gateway.grids.of(market), parsed.stream, publish);
    const stream = { topic, publisher, market };
    this.#streams.set(name, stream);
    const publishers = this.#publishers.get(market);
    if (publishers === undefined) this.#publishers.set(market, new Set([publisher]));
    else publishers.add(publisher);
    if (publisher.beat !== undefined) this.#beats[publisher.beat].add(publisher);
    return stream;
  }

  #marketPublisher(grid: MarketGrid, stream: MarketStreamKind, publish: Publish): Publisher {
    const { replica, views } = this.#gateway;
    const { venue } = replica;
    const source = this.#source;
    const ticker = (read: ReturnType<typeof readDayTicker>): Publisher =>
      tickerPublisher(grid.market, read, venue.logTimeMs, publish);
    switch (stream.kind) {
      case "trade":
        return tradePublisher(grid, publish);
      case "aggTrade":
        return aggregateTradePublisher(grid, publish);
      case "bookTicker":
        return bookTickerPublisher(venue, grid, publish);
      case "depth":
        return depthPublisher(venue, grid, stream.beat, publish);
      case "partialDepth":
        return partialDepthPublisher(venue, grid, stream.levels, stream.beat, publish);
      case "kline":
        return klinePublisher(views, grid, stream, venue.logTimeMs, publish);
      case "miniTicker":
        return ticker(readMiniTicker(source));
      case "ticker":
        return ticker(readDayTicker(source));
      case "windowTicker":
        return ticker(readWindowTicker(source, stream.window));
      case "avgPrice":
        return ticker(readAveragePrice(source));
    }
  }

  #allPublisher(stream: AllStreamKind, publish: Publish): Publisher {
    const source = this.#source;
    switch (stream.kind) {
      case "allMiniTickers":
        return allTickersPublisher(source.venue(), readMiniTicker(source), publish);
      case "allTickers":
        return allTickersPublisher(source.venue(), readDayTicker(source), publish);
      case "allWindowTickers":
        return allTickersPublisher(
          source.venue(),
          readWindowTicker(source, stream.window),
          publish,
        );
    }
  }
}

const nobody: readonly Publisher[] = [];
