import { payAsset, receiveAsset } from "./reference-orders.ts";
import { type Market, type OpenOrder, type ReferenceState, side } from "./reference-state.ts";

const fees = 1;

/**
 * One trade. Each side pays what the other receives: out of what it holds for these lots, and what
 * it held beyond that comes back; a taker that does not rest holds nothing and pays from what it has.
 */
export function settle(
  s: ReferenceState,
  taker: OpenOrder,
  maker: OpenOrder,
  lots: bigint,
  price: bigint,
  isAuction: boolean,
): void {
  const { market } = taker;
  const quote = lots * price * market.unit;
  const base = lots * market.grid.lotUnits;
  market.trades++;
  market.last = price;
  const takerFee = transfer(s, taker, lots, quote, base, true);
  const makerFee = transfer(s, maker, lots, quote, base, false);
  const auction = isAuction ? ` auction ${taker.asked.price} ${maker.asked.price}` : "";
  s.say(
    `fill ${market.id}/${market.trades} side ${taker.asked.side} ${lots} @ ${price} = ${quote} ` +
      `taker #${taker.id} of ${taker.asked.account} fee ${takerFee} left ${taker.lots} ` +
      `maker #${maker.id} of ${maker.asked.account} fee ${makerFee} left ${maker.lots}${auction}`,
  );
}

/** One side of a trade: returns its fee, which is of what it receives. */
function transfer(
  s: ReferenceState,
  order: OpenOrder,
  lots: bigint,
  quote: bigint,
  base: bigint,
  isTaker: boolean,
): bigint {
  const { asked: o, market } = order;
  const isBuy = o.side === side.buy;
  const [pays, receives] = isBuy ? [quote, base] : [base, quote];
  const fee = (receives * feePpm(s, o.account, market, isTaker)) / 1_000_000n;
  const heldForIt = order.holdPerLot * lots;
  s.ledger.addHeld(o.account, payAsset(o, market), -heldForIt);
  s.ledger.add(o.account, payAsset(o, market), heldForIt - pays);
  s.ledger.add(o.account, receiveAsset(o, market), receives - fee);
  s.ledger.add(fees, receiveAsset(o, market), fee);
  if (o.quoteUnits === 0n) order.lots -= lots;
  else order.quoteLeft -= quote;
  if (order.state === "resting") order.shown -= lots;
  return fee;
}

/** The account's own rate where it has one; else its tier's in the market; else the market's. */
function feePpm(s: ReferenceState, account: number, market: Market, isTaker: boolean): bigint {
  const { makerFeePpm, takerFeePpm, tier } = s.accounts[account]!;
  const own = isTaker ? takerFeePpm : makerFeePpm;
  const ofTier = market.tiers.get(tier)?.[isTaker ? "taker" : "maker"] ?? -1;
  const common = isTaker ? market.takerFeePpm : market.makerFeePpm;
  return BigInt([own, ofTier, common].find((ppm) => ppm >= 0)!);
}
