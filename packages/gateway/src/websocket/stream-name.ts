import { type CandleInterval, isCandleInterval } from "../views/candle-interval.ts";

export const windowMinutes = { "1h": 60, "4h": 240, "1d": 1440 } as const;
export type TickerWindow = keyof typeof windowMinutes;

/** How often a stream is sent: 100 ms, or every second. */
export type Beat = 100 | 1000;

/** What one market's stream carries. */
export type MarketStreamKind =
  | { readonly kind: "trade" | "aggTrade" | "bookTicker" | "miniTicker" | "ticker" | "avgPrice" }
  | { readonly kind: "depth"; readonly beat: Beat }
  | { readonly kind: "partialDepth"; readonly levels: 5 | 10 | 20; readonly beat: Beat }
  | {
      readonly kind: "kline";
      readonly interval: CandleInterval;
      /** How far its days are ahead of UTC. */
      readonly zoneOffsetMs: number;
    }
  | { readonly kind: "windowTicker"; readonly window: TickerWindow };

/** What one stream of all markets carries. */
export type AllStreamKind =
  | { readonly kind: "allMiniTickers" | "allTickers" }
  | { readonly kind: "allWindowTickers"; readonly window: TickerWindow };

export type StreamName =
  | { readonly symbol: string; readonly stream: MarketStreamKind }
  | { readonly symbol: null; readonly stream: AllStreamKind };

const chinaOffsetMs = 8 * 3_600_000;
const plainKinds = ["trade", "aggTrade", "bookTicker", "miniTicker", "ticker", "avgPrice"] as const;
const partialDepthPattern = /^depth(5|10|20)$/;

/** Reads a stream's name, such as `btcusdt@depth@100ms`; null: there is no such kind of stream. */
export function parseStreamName(name: string): StreamName | null {
  if (name.startsWith("!")) {
    const stream = parseAllStream(name);
    return stream === null ? null : { symbol: null, stream };
  }
  const at = name.indexOf("@");
  if (at < 1) return null;
  const symbol = name.slice(0, at);
  const market = symbol.toUpperCase();
  // Some letters have no way back: "\u00df" is none of "SS".
  if (symbol !== market.toLowerCase()) return null;
  const stream = parseMarketStream(name.slice(at + 1));
  return stream === null ? null : { symbol: market, stream };
}

function parseAllStream(name: string): AllStreamKind | null {
  if (name === "!miniTicker@arr") return { kind: "allMiniTickers" };
  if (name === "!ticker@arr") return { kind: "allTickers" };
  const window = /^!ticker_(1h|4h|1d)@arr$/.exec(name)?.[1];
  return window === undefined ? null : { kind: "allWindowTickers", window: window as TickerWindow };
}

function parseMarketStream(text: string): MarketStreamKind | null {
  for (const kind of plainKinds) if (text === kind) return { kind };
  const [head = "", option, ...more] = text.split("@");
  if (more.length > 0) return null;
  if (head.startsWith("depth")) return parseDepth(head, option);
  if (head.startsWith("kline_")) return parseKline(head.slice(6), option);
  const window = /^ticker_(1h|4h|1d)$/.exec(text)?.[1];
  return window === undefined ? null : { kind: "windowTicker", window: window as TickerWindow };
}

function parseDepth(head: string, option: string | undefined): MarketStreamKind | null {
  if (option !== undefined && option !== "100ms" && option !== "1000ms") return null;
  const beat = option === "100ms" ? 100 : 1000;
  if (head === "depth") return { kind: "depth", beat };
  const levels = partialDepthPattern.exec(head)?.[1];
  if (levels === undefined) return null;
  return { kind: "partialDepth", levels: Number(levels) as 5 | 10 | 20, beat };
}

function parseKline(interval: string, option: string | undefined): MarketStreamKind | null {
  if (!isCandleInterval(interval) || (option !== undefined && option !== "+08:00")) return null;
  return { kind: "kline", interval, zoneOffsetMs: option === undefined ? 0 : chinaOffsetMs };
}
