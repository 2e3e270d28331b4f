import type { Books } from "../books/books.ts";
import * as orderSlab from "../books/order-slab.ts";
import type { EventBuffer } from "../events/event-buffer.ts";
import type { Market } from "../registry/markets.ts";
import * as amounts from "./amount.ts";
import * as ledgers from "./ledger.ts";

// Locals, because V8 folds those into the code; what is imported it loads and checks at each use.
const { feeOf, feeOfBig, highWord } = amounts;
const { postingLimit } = ledgers;
const { orderField: f, orderAt } = orderSlab;

/**
 * Settles trades: four postings and two fees, each with its counterpart. The taker pays out of what
 * is available, the maker out of its hold; the buyer receives base, the seller quote, and each pays
 * the fee in what it receives.
 *
 * What is known of the taker comes as arguments and not from an object: inlined, it stays in
 * registers; and where V8 does not inline, integers of 31 bits pass without being boxed.
 */
export class Settlement {
  declare private readonly books: Books;
  declare private readonly events: EventBuffer;

  constructor(books: Books, events: EventBuffer) {
    this.books = books;
    this.events = events;
  }

  /** One trade with the order in slot `maker`: money and event. Returns where the event lies. */
  fill(
    market: Market,
    takerSide: number,
    account: number,
    paySlot: number,
    receiveSlot: number,
    takerFeePpm: number,
    idLow: number,
    idHigh: number,
    takerLeft: number,
    maker: number,
    lots: number,
    price: number,
  ): number {
    const books = this.books;
    const orders = books.slab.words;
    const o = orderAt(maker);
    const makerAccount = orders[o + f.account]!;
    const makerFeePpm = books.makerFeePpm(makerAccount, market);
    const tradeId = market.tradeCount + 1;
    market.tradeCount = tradeId;
    market.lastPrice = price;
    const at = this.events.fill(
      market.id,
      tradeId,
      takerSide,
      price,
      lots,
      idLow,
      idHigh,
      orders[o + f.idLow]!,
      orders[o + f.idHigh]!,
      account,
      makerAccount,
      takerLeft,
      books.slab.lotsLeft(maker) - lots,
    );
    const makerPays = orders[o + f.paySlot]!;
    const makerReceives = orders[o + f.receiveSlot]!;
    const quote = lots * price * market.notionalMultiplier;
    const base = lots * market.lotUnitsNumber;
    if (quote >= postingLimit || base >= postingLimit) {
      this.settleBig(
        market,
        takerSide,
        paySlot,
        receiveSlot,
        takerFeePpm,
        makerPays,
        makerReceives,
        makerFeePpm,
        lots,
        price,
        at,
      );
      return at;
    }
    const isBuy = takerSide === 0;
    const toTaker = isBuy ? base : quote;
    const toMaker = isBuy ? quote : base;
    const takerFee = feeOf(toTaker, takerFeePpm);
    const makerFee = feeOf(toMaker, makerFeePpm);
    const words = this.events.words;
    words[at + 7] = quote | 0;
    words[at + 8] = highWord(quote);
    words[at + 15] = takerFee | 0;
    words[at + 16] = highWord(takerFee);
    words[at + 17] = makerFee | 0;
    words[at + 18] = highWord(makerFee);
    books.ledger.exchange(
      paySlot,
      makerPays,
      receiveSlot,
      makerReceives,
      isBuy ? market.feeBaseSlot : market.feeQuoteSlot,
      isBuy ? market.feeQuoteSlot : market.feeBaseSlot,
      toTaker,
      toMaker,
      takerFee,
      makerFee,
    );
    return at;
  }

  /** The same for amounts from `postingLimit` up: bigint arithmetic, slower and rare. */
  private settleBig(
    market: Market,
    takerSide: number,
    takerPays: number,
    takerReceives: number,
    takerFeePpm: number,
    makerPays: number,
    makerReceives: number,
    makerFeePpm: number,
    lots: number,
    price: number,
    at: number,
  ): void {
    const isBuy = takerSide === 0;
    const quote = BigInt(lots) * BigInt(price) * BigInt(market.notionalMultiplier);
    const base = BigInt(lots) * market.lotUnits;
    const toTaker = isBuy ? base : quote;
    const toMaker = isBuy ? quote : base;
    const takerFee = feeOfBig(toTaker, takerFeePpm);
    const makerFee = feeOfBig(toMaker, makerFeePpm);
    const { ledger } = this.books;
    ledger.post(takerPays, -toMaker, 0n);
    ledger.post(makerPays, 0n, -toTaker);
    ledger.post(takerReceives, toTaker - takerFee, 0n);
    ledger.post(makerReceives, toMaker - makerFee, 0n);
    ledger.post(isBuy ? market.feeBaseSlot : market.feeQuoteSlot, takerFee, 0n);
    ledger.post(isBuy ? market.feeQuoteSlot : market.feeBaseSlot, makerFee, 0n);
    this.events.putAmount(at + 7, quote);
    this.events.putAmount(at + 15, takerFee);
    this.events.putAmount(at + 17, makerFee);
  }
}
