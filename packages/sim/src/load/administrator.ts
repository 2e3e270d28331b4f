import {
  encodeCreateAccount,
  encodeCreateAsset,
  encodeCreateMarket,
  encodeDeposit,
  encodeSetAccountFees,
  encodeSetAccountFlags,
  encodeSetAccountTier,
  encodeSetFeeTier,
  encodeSetMarketFees,
  encodeSetMarketRules,
  encodeSetMarketState,
  encodeSetRulesVersion,
  encodeTransfers,
  type MarketParameters,
  type MoneyTransfer,
} from "@halcyon/core";
import { rulesNewest } from "../venue/old-program.ts";
import type { CommandAsk } from "./commands.ts";
import { drawRules } from "./rule-forms.ts";
import type { SimClient } from "./sim-client.ts";
import type { TradingFloor } from "./trading-floor.ts";
import { drawTransfers } from "./transfer-forms.ts";

export const firstCustomer = 2;
/** The traders' prices are about 1,000. */
const ppmPerTick = 1_000;

type NamedEncode = readonly [what: string, encode: CommandAsk["encode"]];

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
  #deposits = 0;
  readonly #transferIds = { last: 0 };
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
      encodeSetRulesVersion(w, origin, { version: rulesNewest });
    const ask = { kind: "command", lane: "high", encode } as const;
    const result = await this.#client.command("raise the rules", ask);
    if (result.kind !== "applied") return;
    this.#floor.hasNewRules = true;
    for (const market of simulatedMarkets.keys()) {
      if (this.#isActive) await this.#client.command(...this.#newRules(market));
    }
  }

  #newRules(market: number): [string, CommandAsk] {
    const rules = drawRules(this.#client.random, ppmPerTick);
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
    const changes = [
      () => this.#changeMarket(),
      () => this.#changeAccount(),
      () => this.#moveMoney(),
    ];
    const [what, encode] = random.pick(changes)();
    await this.#client.command(what, { kind: "command", lane: "high", encode });
  }

  #fees(): { readonly makerFeePpm: number; readonly takerFeePpm: number } {
    const ppm = () => this.#client.random.pick([0, 1, 999, 2_500, 100_000, 100_001]);
    return { makerFeePpm: ppm(), takerFeePpm: ppm() };
  }

  #account(): number {
    return firstCustomer + this.#client.random.below(this.#accounts + 1);
  }

  #changeMarket(): NamedEncode {
    const { random } = this.#client;
    const market = random.below(simulatedMarkets.length + 1);
    const fees = this.#fees();
    const changes: (() => NamedEncode)[] = [
      () => this.#marketState(market),
      () => this.#marketState(market),
      () => {
        const [what, { encode }] = this.#newRules(market);
        return [what, encode];
      },
      () => ["market fees", (w, origin) => encodeSetMarketFees(w, origin, { market, ...fees })],
      () => {
        const tier = random.below(3);
        return ["fee tier", (w, origin) => encodeSetFeeTier(w, origin, { market, tier, ...fees })];
      },
    ];
    return random.pick(changes)();
  }

  #changeAccount(): NamedEncode {
    const { random } = this.#client;
    const account = this.#account();
    const changes: (() => NamedEncode)[] = [
      () => {
        const own = random.chance(0.6) ? { makerFeePpm: -1, takerFeePpm: -1 } : this.#fees();
        return [
          "account fees",
          (w, origin) => encodeSetAccountFees(w, origin, { account, ...own }),
        ];
      },
      () => {
        const tier = random.below(3);
        return ["account tier", (w, origin) => encodeSetAccountTier(w, origin, { account, tier })];
      },
      () => {
        const flags = random.pick([0, 0, 0, 0, 1, 2, 4, 8, 16]);
        return [
          "account flags",
          (w, origin) => encodeSetAccountFlags(w, origin, { account, flags }),
        ];
      },
    ];
    return random.pick(changes)();
  }

  #moveMoney(): NamedEncode {
    const { random } = this.#client;
    if (random.chance(0.3)) {
      const amount = BigInt(random.between(0, 5_000_000));
      return ["deposit", this.#deposit(this.#account(), random.below(3), amount)];
    }
    const transfers = drawTransfers({
      random,
      accountFrom: firstCustomer - 1,
      accountTo: firstCustomer + this.#accounts,
      assets: 3,
      amountMost: random.pick([50_000, 5_000_000]),
      ids: this.#transferIds,
    });
    return ["transfers", (w, origin) => encodeTransfers(w, origin, transfers)];
  }

  #marketState(market: number): NamedEncode {
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
    if (!repeats) this.#deposits++;
    const reference = `d-${this.#deposits}`;
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
