import {
  encodeCreateAccount,
  encodeCreateAsset,
  encodeCreateMarket,
  encodeDeposit,
  encodeSetAccountFees,
  encodeSetAccountFlags,
  encodeSetMarketFees,
  encodeSetMarketRules,
  encodeSetMarketState,
  encodeSetRulesVersion,
  type MarketParameters,
  type MoneyTransfer,
} from "@halcyon/core";
import type { CommandAsk } from "./commands.ts";
import { drawRules } from "./rule-forms.ts";
import type { SimClient } from "./sim-client.ts";
import type { TradingFloor } from "./trading-floor.ts";

export const firstCustomer = 2;

const small: MarketParameters = {
  symbol: "BTCUSDT",
  baseAsset: 0,
  quoteAsset: 1,
  tickUnits: 1_000_000n,
  lotUnits: 1_000n,
  priceTicksMin: 1,
  priceTicksMax: 4_000_000,
  quantityLotsMin: 2,
  quantityLotsMax: 1_000_000_000,
  marketQuantityLotsMax: 30,
  notionalMin: 20_000n,
  makerFeePpm: 1_000,
  takerFeePpm: 2_500,
  openOrdersMax: 12,
};
/** Amounts around 2^53 and beyond: where a float would lose its last digits. */
const large: MarketParameters = {
  ...small,
  symbol: "ETHUSDT",
  baseAsset: 2,
  tickUnits: 700_000n,
  lotUnits: 500_000_000_000_000n,
  quantityLotsMin: 1,
  notionalMin: 0n,
  makerFeePpm: 0,
  takerFeePpm: 333,
};
export const simulatedMarkets: readonly MarketParameters[] = [small, large];

/** Sets the venue up, and later changes what an administrator may change. */
export class Administrator {
  readonly #client: SimClient;
  readonly #accounts: number;
  readonly #floor: TradingFloor;
  #transfers = 0;
  #isSetUp = false;
  #isActive = true;

  constructor(client: SimClient, accounts: number, floor: TradingFloor) {
    this.#client = client;
    this.#accounts = accounts;
    this.#floor = floor;
  }

  /** Assets, markets, accounts, money. Before any fault, so each must succeed. */
  async setUp(withNewRules: boolean): Promise<void> {
    for (const [code, decimals] of [
      ["BTC", 8],
      ["USDT", 8],
      ["ETH", 8],
    ] as const) {
      await this.#must(`create ${code}`, (w, origin) =>
        encodeCreateAsset(w, origin, { code, decimals }),
      );
    }
    for (const market of simulatedMarkets) {
      await this.#must(`create ${market.symbol}`, (w, origin) =>
        encodeCreateMarket(w, origin, market),
      );
    }
    for (let index = 0; index < this.#accounts; index++) {
      await this.#must("open account", (w, origin) =>
        encodeCreateAccount(w, origin, { label: `trader ${index}` }),
      );
      const amounts = [400_000n, 3n * 10n ** 17n, large.lotUnits * 150n];
      for (const [asset, amount] of amounts.entries()) {
        await this.#must("deposit", this.#deposit(firstCustomer + index, asset, amount));
      }
    }
    if (withNewRules) await this.raiseRules();
    this.#isSetUp = true;
  }

  /** From the next command on the venue has its newest rules, if this is answered. */
  async raiseRules(): Promise<void> {
    const encode: CommandAsk["encode"] = (w, origin) =>
      encodeSetRulesVersion(w, origin, { version: 2 });
    const ask = { kind: "command", lane: "high", encode } as const;
    const result = await this.#client.command("raise the rules", ask);
    if (result.kind !== "applied") return;
    this.#floor.hasNewRules = true;
    for (const market of simulatedMarkets.keys()) {
      if (this.#isActive) await this.#client.command(...this.#newRules(market));
    }
  }

  #newRules(market: number): [string, CommandAsk] {
    const rules = drawRules(this.#client.random);
    const encode: CommandAsk["encode"] = (w, origin) =>
      encodeSetMarketRules(w, origin, { market, rules });
    return ["market rules", { kind: "command", lane: "high", encode }];
  }

  async run(pause: () => Promise<void>): Promise<void> {
    while (this.#isActive) {
      await pause();
      if (this.#isActive) await this.#change();
    }
  }

  rest(): void {
    this.#isActive = false;
  }

  async #change(): Promise<void> {
    const { random } = this.#client;
    const account = firstCustomer + random.below(this.#accounts + 1);
    const market = random.below(simulatedMarkets.length + 1);
    const ppm = () => random.pick([0, 1, 999, 2_500, 100_000, 100_001]);
    const fees = { makerFeePpm: ppm(), takerFeePpm: ppm() };
    const changes: (() => [string, CommandAsk["encode"]])[] = [
      () => this.#marketState(market),
      () => this.#marketState(market),
      () => {
        const [what, { encode }] = this.#newRules(market);
        return [what, encode];
      },
      () => ["market fees", (w, origin) => encodeSetMarketFees(w, origin, { market, ...fees })],
      () => {
        const own = random.chance(0.3) ? { makerFeePpm: -1, takerFeePpm: -1 } : fees;
        return [
          "account fees",
          (w, origin) => encodeSetAccountFees(w, origin, { account, ...own }),
        ];
      },
      () => {
        const flags = random.pick([0, 0, 0, 1, 2, 4]);
        return [
          "account flags",
          (w, origin) => encodeSetAccountFlags(w, origin, { account, flags }),
        ];
      },
      () => {
        const amount = BigInt(random.between(0, 5_000_000));
        return ["deposit", this.#deposit(account, random.below(3), amount)];
      },
    ];
    const [what, encode] = random.pick(changes)();
    await this.#client.command(what, { kind: "command", lane: "high", encode });
  }

  #marketState(market: number): [string, CommandAsk["encode"]] {
    const { random } = this.#client;
    const isNew = this.#floor.hasNewRules;
    const state = random.pick(
      isNew ? ([0, 0, 0, 1, 2, 3, 4, 4] as const) : ([0, 0, 1, 2] as const),
    );
    const resumes = isNew && random.chance(0.7);
    return [
      "market state",
      (w, origin) => encodeSetMarketState(w, origin, { market, state, resumes }),
    ];
  }

  #deposit(account: number, asset: number, amount: bigint): CommandAsk["encode"] {
    // Now and then a reference comes again: it must count once.
    const repeats = this.#isSetUp && this.#client.random.chance(0.1);
    if (!repeats) this.#transfers++;
    const reference = `d-${this.#transfers}`;
    const transfer: MoneyTransfer = {
      account,
      asset,
      amount,
      network: "net",
      address: "",
      reference,
    };
    return (w, origin) => encodeDeposit(w, origin, transfer);
  }

  async #must(what: string, encode: CommandAsk["encode"]): Promise<void> {
    const result = await this.#client.command(what, { kind: "command", lane: "high", encode });
    if (result.kind !== "applied") throw new Error(`${what} was ${result.kind} in fair weather`);
  }
}
