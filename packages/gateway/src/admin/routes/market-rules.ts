import { encodeSetMarketRules, refusal } from "@halcyon/core";
import { z } from "zod";
import { change } from "../change.ts";
import { assetsOf, noMarket } from "../lookup.ts";
import { marketRulesBody, toMarketRules } from "../market-rules.ts";
import { invalidRequest } from "../problem.ts";
import { defineRoute, ok } from "../route.ts";
import { marketRules, marketRulesChanged } from "../rule-schemas.ts";
import { marketSymbol } from "../schemas.ts";

const bySymbol = z.strictObject({ symbol: marketSymbol });

const getMarketRules = defineRoute({
  verb: "GET",
  path: "/markets/{symbol}/rules",
  operationId: "getMarketRules",
  tag: "Markets",
  summary: "Show a market's rules",
  description: "What it asks of orders beyond its grid, and its volatility band.",
  pathParameters: bySymbol,
  success: { status: 200, description: "The rules.", schema: marketRules },
  problems: ["not-found"],
  handle({ replica: { venue } }, _call, { path: { symbol } }) {
    const market = venue.markets.bySymbol(symbol);
    if (market === undefined) return noMarket(symbol);
    const { base, quote } = assetsOf(venue, market);
    return ok(marketRulesBody(market.rules, market, base, quote));
  },
});

const setMarketRules = defineRoute({
  verb: "PUT",
  path: "/markets/{symbol}/rules",
  operationId: "setMarketRules",
  tag: "Markets",
  summary: "Set a market's rules",
  description:
    "For orders from now on; open ones stay. Prices are compared with the market's last price, and pass before its first trade.",
  pathParameters: bySymbol,
  body: marketRules,
  success: { status: 200, description: "The rules it has now.", schema: marketRulesChanged },
  problems: ["not-found"],
  refusals: [refusal.marketParameters, refusal.notInTheseRules],
  handle(context, call, { path: { symbol }, body }) {
    const { venue } = context.replica;
    const market = venue.markets.bySymbol(symbol);
    if (market === undefined) return noMarket(symbol);
    const { base, quote } = assetsOf(venue, market);
    const rules = toMarketRules(body, market, base, quote);
    if (Array.isArray(rules)) return invalidRequest(rules);
    return change(context, call, {
      lane: "high",
      target: { symbol },
      event: "marketRulesChanged",
      encode: (w, origin) => encodeSetMarketRules(w, origin, { market: market.id, rules }),
      matches: (event) =>
        event.market === market.id &&
        Object.entries(rules).every(
          ([name, value]) => event.rules[name as keyof typeof event.rules] === value,
        ),
      success: (event) => ok({ symbol, rules: marketRulesBody(event.rules, market, base, quote) }),
    });
  },
});

export const marketRulesRoutes = [getMarketRules, setMarketRules];
