import { fillField, fillTakerSide, readU53, type Side, side } from "@halcyon/core";

const f = fillField;

/** The trade that is being taken in: one object for all of them, with amounts as wide numbers. */
export class TradeInHand {
  market = 0;
  tradeId = 0;
  timeMs = 0;
  takerOrderId = 0;
  makerOrderId = 0;
  takerAccount = 0;
  makerAccount = 0;
  takerSide: Side = side.buy;
  takerBuys = false;
  priceTicks = 0;
  lots = 0;
  lotsLow = 0;
  lotsHigh = 0;
  quoteLow = 0;
  quoteHigh = 0;
  takerFeeLow = 0;
  takerFeeHigh = 0;
  makerFeeLow = 0;
  makerFeeHigh = 0;
  takerLeft = 0;
  makerLeft = 0;

  /** From the fill at words[at]. */
  set(words: Int32Array, at: number, timeMs: number): void {
    this.market = words[at + f.market]!;
    this.tradeId = readU53(words, at + f.tradeId);
    this.timeMs = timeMs;
    this.takerOrderId = readU53(words, at + f.takerOrderId);
    this.makerOrderId = readU53(words, at + f.makerOrderId);
    this.takerAccount = words[at + f.takerAccount]!;
    this.makerAccount = words[at + f.makerAccount]!;
    this.takerSide = fillTakerSide(words, at);
    this.takerBuys = this.takerSide === side.buy;
    this.priceTicks = words[at + f.price]!;
    this.lots = readU53(words, at + f.lots);
    this.lotsLow = words[at + f.lots]! >>> 0;
    this.lotsHigh = words[at + f.lots + 1]! >>> 0;
    this.quoteLow = words[at + f.quoteUnits]! >>> 0;
    this.quoteHigh = words[at + f.quoteUnits + 1]! >>> 0;
    this.takerFeeLow = words[at + f.takerFee]! >>> 0;
    this.takerFeeHigh = words[at + f.takerFee + 1]! >>> 0;
    this.makerFeeLow = words[at + f.makerFee]! >>> 0;
    this.makerFeeHigh = words[at + f.makerFee + 1]! >>> 0;
    this.takerLeft = readU53(words, at + f.takerLeft);
    this.makerLeft = readU53(words, at + f.makerLeft);
  }
}
