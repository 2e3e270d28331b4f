import { MarketStream } from "./market-stream.ts";

/** The page's one connection for market data. */
export const marketStream = new MarketStream(`${location.origin.replace(/^http/, "ws")}/stream`);
