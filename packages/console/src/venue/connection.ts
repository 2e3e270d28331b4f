import { MarketStream } from "./market-stream.ts";

/** A WebSocket's address at the venue that served the page. */
export function webSocketUrl(path: string): string {
  return location.origin.replace(/^http/, "ws") + path;
}

/** The page's one connection for market data. */
export const marketStream = new MarketStream(webSocketUrl("/stream"));
