import { type FillEvent, side } from "@halcyon/core";
import { highOf, highOfBig, lowOf, lowOfBig } from "./wide.ts";

/** The trade that is being taken in: one object for all of them, amounts also as wide numbers. */
export class TradeInHand {
  market = 0;
  tradeId = 0;
  timeMs = 0;
  takerOrderId = 0;
  takerBuys = false;
  priceTicks = 0;
  lots = 0;
  lotsLow = 0;
  lotsHigh = 0;
  quoteLow = 0;
  quoteHigh = 0;

  set(event: FillEvent, timeMs: number): void {
    this.market = event.market;
    this.tradeId = event.tradeId;
    this.timeMs = timeMs;
    this.takerOrderId = event.takerOrderId;
    this.takerBuys = event.takerSide === side.buy;
    this.priceTicks = event.priceTicks;
    this.lots = event.quantityLots;
    this.lotsLow = lowOf(event.quantityLots);
    this.lotsHigh = highOf(event.quantityLots);
    this.quoteLow = lowOfBig(event.quoteUnits);
    this.quoteHigh = highOfBig(event.quoteUnits);
  }
}
