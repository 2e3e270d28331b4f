import type { MarketGrid, MarketRules, Order } from "./commands.ts";
import { ReferenceClock } from "./reference-clock.ts";
import { ReferenceLedger } from "./reference-ledger.ts";

export const side = { buy: 0, sell: 1 } as const;
export const type = {
  limit: 0,
  market: 1,
  limitMaker: 2,
  stopLoss: 3,
  stopLossLimit: 4,
  takeProfit: 5,
  takeProfitLimit: 6,
} as const;
export const tif = { gtc: 0, ioc: 1, fok: 2, gtd: 3 } as const;
export const mode = {
  none: 0,
  expireTaker: 1,
  expireMaker: 2,
  expireBoth: 3,
  decrement: 4,
} as const;
export const marketState = { trading: 0, halt: 1, cancelOnly: 2, postOnly: 3, auction: 4 } as const;
export const contingency = { oco: 0, oto: 1, otoco: 2 } as const;

export type Asset = { readonly code: string; readonly decimals: number };
export type Account = {
  readonly label: string;
  flags: number;
  makerFeePpm: number;
  takerFeePpm: number;
  /** 0: none. */
  tier: number;
};
export type Market = {
  readonly id: number;
  readonly grid: MarketGrid;
  /** Quote units of one lot at a price of one tick. */
  readonly unit: bigint;
  rules: MarketRules;
  state: number;
  /** Log time at which the state ends by itself; 0: it does not. */
  untilMs: number;
  makerFeePpm: number;
  takerFeePpm: number;
  /** Fees by tier; -1: the market's own. */
  readonly tiers: Map<number, { readonly maker: number; readonly taker: number }>;
  trades: number;
  prevented: number;
  /** Price of the latest trade; 0 before the first. */
  last: bigint;
  /** Of the band: the reference price, and when its window ends. */
  reference: bigint;
  windowEndsMs: number;
  /** Lists whose first order was filled and whose others are to be placed. */
  readonly toPlace: OrderList[];
};

export type OpenOrder = {
  readonly id: bigint;
  readonly asked: Order;
  readonly market: Market;
  readonly list: OrderList | null;
  clientOrderId: string;
  /** In all, what was executed included. */
  quantity: bigint;
  /** Left in all, hidden lots included. */
  lots: bigint;
  /** Left of what a market order by quote units may spend or earn. */
  quoteLeft: bigint;
  /** `working`: it takes right now. */
  state: "working" | "resting" | "waiting" | "tracking" | "pending";
  /** Resting: lots that show. */
  shown: bigint;
  /** Its place among those that rest, wait or track: the lower, the earlier. */
  turn: number;
  /** What it holds for each of its lots. */
  holdPerLot: bigint;
  /** Tracking: the best last price so far; 0 before the first. */
  best: bigint;
};

/** Orders that belong together. */
export type OrderList = {
  readonly id: number;
  readonly account: number;
  readonly market: Market;
  readonly contingency: number;
  readonly clientId: string;
  /** Those that are open, in the order of the command. */
  open: OpenOrder[];
  /** For which the others wait; null in a list without such. */
  first: OpenOrder | null;
  /** The orders of which only one may execute. */
  pair: OpenOrder[];
};

/** Everything that the reference's rules work on: plain lists, nothing derived. */
export class ReferenceState {
  rulesVersion = 1;
  readonly clock = new ReferenceClock();
  readonly ledger = new ReferenceLedger();
  readonly assets: Asset[] = [];
  readonly accounts: Account[] = [newAccount("external"), newAccount("fees")];
  readonly markets: Market[] = [];
  orders: OpenOrder[] = [];
  lists: OrderList[] = [];
  nextOrder = 1n;
  nextList = 1;
  /** Counts whoever takes a place in a queue. */
  turns = 0;
  /** What happens, as lines in the order in which it happens. */
  lines: string[] = [];

  say(line: string): void {
    this.lines.push(line);
  }
  customer(account: number): Account | undefined {
    return account > 1 ? this.accounts[account] : undefined;
  }
}

export function newAccount(label: string): Account {
  return { label, flags: 0, makerFeePpm: -1, takerFeePpm: -1, tier: 0 };
}
export function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
