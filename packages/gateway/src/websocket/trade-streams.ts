import type { MarketGrid } from "../dialect/market-grid.ts";
import type { Publish, Publisher } from "./publisher.ts";

/** Every trade, at once. */
export function tradePublisher(grid: MarketGrid, publish: Publish): Publisher {
  return {
    onTrade(t) {
      publish(
        `{"e":"trade","E":${t.timeMs},"s":${grid.symbolJson},"t":${t.tradeId},"p":"${grid.priceText(t.priceTicks)}","q":"${grid.quantityText(t.quantityLots)}","T":${t.timeMs},"m":${t.buyerIsMaker},"M":true}`,
      );
    },
  };
}

/** All of one taker order's trades at one price, at once. */
export function aggregateTradePublisher(grid: MarketGrid, publish: Publish): Publisher {
  return {
    onAggregateTrade(a) {
      publish(
        `{"e":"aggTrade","E":${a.timeMs},"s":${grid.symbolJson},"a":${a.aggregateId},"p":"${grid.priceText(a.priceTicks)}","q":"${grid.quantityText(a.quantityLots)}","f":${a.firstTradeId},"l":${a.lastTradeId},"T":${a.timeMs},"m":${a.buyerIsMaker},"M":true}`,
      );
    },
  };
}
