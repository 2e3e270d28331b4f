import { feeTiersMax } from "@halcyon/core";
import { z } from "zod";
import { decimalText, example, fee, marketSymbol } from "./schemas.ts";

const tierNumber = example(z.int().min(1).max(feeTiersMax), "Number of a fee tier.", 1);
const tierFee = example(z.nullable(fee), "The tier's fee in the market; null: the market's.", null);
export const tierFees = z
  .strictObject({ makerFee: tierFee, takerFee: tierFee })
  .meta({ id: "TierFees", description: "What accounts of a tier pay in a market." });
export const feeTier = z
  .strictObject({ tier: tierNumber, ...tierFees.shape })
  .meta({ id: "FeeTier", description: "A tier and its fees." });
export const feeTiers = z
  .strictObject({ symbol: marketSymbol, tiers: z.array(feeTier) })
  .meta({ id: "FeeTiers", description: "The tiers that pay other fees than the market's." });
export const feeTierChanged = z
  .strictObject({ symbol: marketSymbol, ...feeTier.shape })
  .meta({ id: "FeeTierChanged", description: "What a tier pays in a market now." });

const share = (description: string) =>
  example(decimalText, `${description}, as a share of the last price; "0": no such limit.`, "0.2");
const count = (max: number, description: string) =>
  example(z.int().min(0).max(max), description, 100);
const bips = (description: string) =>
  example(z.int().min(0).max(9_999), `${description}, in hundredths of a percent.`, 10);
const durationMs = (description: string) =>
  example(z.int().min(0).max(604_800_000), `${description}, in milliseconds.`, 60_000);
export const selfTradeModeName = z.enum([
  "none",
  "expire-taker",
  "expire-maker",
  "expire-both",
  "decrement",
]);

export const marketRules = z
  .strictObject({
    minBidPrice: share("Lowest price of a buy"),
    maxBidPrice: share("Highest price of a buy"),
    minAskPrice: share("Lowest price of a sale"),
    maxAskPrice: share("Highest price of a sale"),
    maxNotional: example(decimalText, 'Largest price times quantity; "0": no limit.', "0"),
    maxAlgoOrders: count(1_000_000, "Open stop and take-profit orders of an account; 0: none."),
    maxOrderLists: count(1_000_000, "Open order lists of an account; 0: none."),
    maxIcebergParts: count(100_000, "Slices of an iceberg; 0: there are no icebergs."),
    minTrailingAbove: bips("Least trailing delta of buy stops and sell take-profits"),
    maxTrailingAbove: bips("Greatest one; 0 with 0: no such orders"),
    minTrailingBelow: bips("Least trailing delta of sell stops and buy take-profits"),
    maxTrailingBelow: bips("Greatest one; 0 with 0: no such orders"),
    maxPosition: example(
      decimalText,
      'What an account may own with its open buys, a whole number of lots; "0": no limit.',
      "0",
    ),
    selfTradeModeDefault: selfTradeModeName.meta({ description: "For orders that name none." }),
    selfTradeModes: z
      .array(selfTradeModeName)
      .min(1)
      .max(5)
      .meta({ description: "Which an order may name." }),
    band: share("How far a fill may be from the reference price"),
    bandWindowMs: durationMs("How long a reference price holds"),
    haltMs: durationMs("How long a market that left its band stays halted"),
    cancelOnlyMs: durationMs("How long it then takes cancels only"),
    auctionMs: durationMs("How long it then gathers orders before it opens"),
  })
  .meta({
    id: "MarketRules",
    description: "What a market asks of orders beyond its grid. All fields are needed.",
  });
export const marketRulesChanged = z
  .strictObject({ symbol: marketSymbol, rules: marketRules })
  .meta({ id: "MarketRulesChanged", description: "The rules a market has now." });

const version = example(z.int().min(1), "A version of the venue's rules.", 2);
export const rulesVersion = z
  .strictObject({ version })
  .meta({ id: "RulesVersion", description: "The rules that shall be in force." });
export const rulesInForce = z
  .strictObject({
    version,
    newest: version.meta({ description: "The newest version that this node knows." }),
  })
  .meta({ id: "RulesInForce", description: "The rules in force, and what the node knows." });
