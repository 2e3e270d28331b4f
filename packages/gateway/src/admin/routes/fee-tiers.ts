import { encodeSetFeeTier, feeTiersMax, type Market, refusal } from "@halcyon/core";
import { z } from "zod";
import { change } from "../change.ts";
import { noMarket } from "../lookup.ts";
import { feePpm, formatFee } from "../market-parameters.ts";
import { wholeNumber } from "../page.ts";
import { type FieldError, invalidRequest } from "../problem.ts";
import { defineRoute, ok } from "../route.ts";
import { type feeTier, feeTierChanged, feeTiers, tierFees } from "../rule-schemas.ts";
import { marketSymbol } from "../schemas.ts";

function feeBody(ppm: number): string | null {
  return ppm < 0 ? null : formatFee(ppm);
}

/** Those that have a fee of their own in the market. */
function tiersOf(market: Market): z.output<typeof feeTier>[] {
  const tiers: z.output<typeof feeTier>[] = [];
  for (let tier = 1; tier <= feeTiersMax; tier++) {
    const makerFee = feeBody(market.tierFees[tier * 2]!);
    const takerFee = feeBody(market.tierFees[tier * 2 + 1]!);
    if (makerFee !== null || takerFee !== null) tiers.push({ tier, makerFee, takerFee });
  }
  return tiers;
}

const listFeeTiers = defineRoute({
  verb: "GET",
  path: "/markets/{symbol}/fee-tiers",
  operationId: "listFeeTiers",
  tag: "Markets",
  summary: "List a market's fee tiers",
  description: "Those whose accounts pay other fees than the market's.",
  pathParameters: z.strictObject({ symbol: marketSymbol }),
  success: { status: 200, description: "The tiers.", schema: feeTiers },
  problems: ["not-found"],
  handle({ replica: { venue } }, _call, { path: { symbol } }) {
    const market = venue.markets.bySymbol(symbol);
    return market === undefined ? noMarket(symbol) : ok({ symbol, tiers: tiersOf(market) });
  },
});

const setFeeTier = defineRoute({
  verb: "PUT",
  path: "/markets/{symbol}/fee-tiers/{tier}",
  operationId: "setFeeTier",
  tag: "Markets",
  summary: "Set what a tier pays in a market",
  description: "For fills from now on, also of orders that are already open.",
  pathParameters: z.strictObject({
    symbol: marketSymbol,
    tier: wholeNumber(1, feeTiersMax).meta({ description: "Number of a fee tier." }),
  }),
  body: tierFees,
  success: { status: 200, description: "What it pays now.", schema: feeTierChanged },
  problems: ["not-found"],
  refusals: [refusal.feeTooHigh, refusal.notInTheseRules],
  handle(context, call, { path: { symbol, tier }, body }) {
    const found = context.replica.venue.markets.bySymbol(symbol);
    if (found === undefined) return noMarket(symbol);
    const errors: FieldError[] = [];
    const ppm = (field: "makerFee" | "takerFee") => {
      const text = body[field];
      if (text === null) return -1;
      return feePpm(text, (detail) => errors.push({ pointer: `#/${field}`, detail }));
    };
    const asked = { tier, makerFeePpm: ppm("makerFee"), takerFeePpm: ppm("takerFee") };
    if (errors.length > 0) return invalidRequest(errors);
    return change(context, call, {
      lane: "normal",
      target: { symbol, ...asked },
      event: "feeTierChanged",
      encode: (w, origin) => encodeSetFeeTier(w, origin, { market: found.id, ...asked }),
      matches: (event) =>
        event.market === found.id &&
        event.tier === tier &&
        event.makerFeePpm === asked.makerFeePpm &&
        event.takerFeePpm === asked.takerFeePpm,
      success: (event) =>
        ok({
          symbol,
          tier,
          makerFee: feeBody(event.makerFeePpm),
          takerFee: feeBody(event.takerFeePpm),
        }),
    });
  },
});

export const feeTierRoutes = [listFeeTiers, setFeeTier];
