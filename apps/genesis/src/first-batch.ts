import {
  type Asset,
  BatchBuilder,
  encodeCreateAccount,
  encodeCreateAsset,
  encodeCreateKey,
  encodeCreateMarket,
  encodeDeposit,
  encodeSetPerson,
  encodeSetRulesVersion,
  feeAccount,
  keyKind,
  keyPermission,
  type MarketParameters,
  personRole,
  rulesVersionMax,
} from "@halcyon/core";
import {
  administratorKeyOf,
  type Seal,
  toMarketParameters,
  transferIdOfReference,
} from "@halcyon/gateway";

export type ApiCredentials = { readonly apiKey: string; readonly secret: string };

export type GenesisInput = {
  readonly assets: readonly { readonly code: string; readonly decimals: number }[];
  readonly markets: readonly GenesisMarket[];
  readonly administratorToken: string;
  /** Funded accounts with a trading key each, in a demo. */
  readonly traders: readonly (ApiCredentials & { readonly label: string })[];
  readonly people: readonly {
    readonly name: string;
    /** A trader has the first trader's account. */
    readonly role: "trader" | "administrator";
    /** As the venue keeps it. */
    readonly password: Uint8Array;
  }[];
  readonly nodeId: number;
  readonly timeMs: number;
};

export type GenesisMarket = {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly tickSize: string;
  readonly lotSize: string;
  readonly minPrice: string;
  readonly maxPrice: string;
  readonly minQuantity: string;
  readonly maxQuantity: string;
  readonly maxMarketQuantity?: string | undefined;
  readonly minNotional: string;
  readonly makerFee: string;
  readonly takerFee: string;
  readonly maxOpenOrders: number;
};

/** Whole units of each asset that a demo trader starts with. */
const demoUnits = 1_000_000n;

/** The first batch of a venue's log, or what is wrong with the configuration it comes from. */
export function firstBatch(input: GenesisInput, seal: Seal): Uint8Array | string {
  const builder = new BatchBuilder();
  builder.add((w) => encodeSetRulesVersion(w, {}, { version: rulesVersionMax }));
  const { name, material } = administratorKeyOf(input.administratorToken);
  builder.add((w) =>
    encodeCreateKey(
      w,
      {},
      {
        account: 0,
        kind: keyKind.administrator,
        permissions: 0,
        name,
        label: "first administrator",
        material,
        allowedAddresses: "",
      },
    ),
  );
  const assets = input.assets.map((asset, id) => ({ id, ...asset }));
  for (const { code, decimals } of assets) {
    builder.add((w) => encodeCreateAsset(w, {}, { code, decimals }));
  }
  for (const market of input.markets) {
    const parameters = readMarket(market, assets);
    if (typeof parameters === "string") return parameters;
    builder.add((w) => encodeCreateMarket(w, {}, parameters));
  }
  for (const [index, trader] of input.traders.entries()) {
    addTrader(builder, feeAccount + 1 + index, trader, assets, seal);
  }
  for (const { name, role, password } of input.people) {
    const account = role === "trader" ? feeAccount + 1 : 0;
    const person = { name, role: personRole[role], account, password, revision: 0 };
    const rest = { secondFactor: new Uint8Array(0), keepSession: "" };
    builder.add((w) => encodeSetPerson(w, {}, { ...person, ...rest }));
  }
  return builder.finish({
    nodeId: input.nodeId,
    incarnation: 0,
    sequence: 1,
    timeMs: input.timeMs,
    claim: null,
  });
}

function readMarket(market: GenesisMarket, assets: readonly Asset[]): MarketParameters | string {
  const base = assets.find(({ code }) => code === market.base);
  const quote = assets.find(({ code }) => code === market.quote);
  if (base === undefined || quote === undefined) {
    return `market ${market.symbol}: ${market.base} and ${market.quote} must both be among the assets`;
  }
  const asked = {
    ...market,
    baseAsset: market.base,
    quoteAsset: market.quote,
    maxMarketQuantity: market.maxMarketQuantity ?? market.maxQuantity,
  };
  const parameters = toMarketParameters(asked, base, quote);
  if (!Array.isArray(parameters)) return parameters as MarketParameters;
  const errors = parameters.map(({ pointer, detail }) => `${pointer.slice(2)} ${detail}`);
  return `market ${market.symbol}: ${errors.join("; ")}`;
}

function addTrader(
  builder: BatchBuilder,
  account: number,
  trader: ApiCredentials & { readonly label: string },
  assets: readonly Asset[],
  seal: Seal,
): void {
  builder.add((w) => encodeCreateAccount(w, {}, { label: trader.label }));
  builder.add((w) =>
    encodeCreateKey(
      w,
      {},
      {
        account,
        kind: keyKind.hmacSha256,
        permissions: keyPermission.read | keyPermission.trade,
        name: trader.apiKey,
        label: trader.label,
        material: seal.seal(trader.apiKey, Buffer.from(trader.secret)),
        allowedAddresses: "",
      },
    ),
  );
  for (const { id, decimals } of assets) {
    const money = {
      account,
      asset: id,
      amount: demoUnits * 10n ** BigInt(decimals),
      network: "DEMO",
      address: "",
    };
    // An asset so fine that the amount passes 64 bits starts at zero.
    if (BigInt.asIntN(64, money.amount) !== money.amount) continue;
    const reference = `demo start ${id}`;
    const transferId = transferIdOfReference("deposit", account, reference)!;
    builder.add((w) => encodeDeposit(w, {}, { ...money, reference, transferId }));
  }
}
