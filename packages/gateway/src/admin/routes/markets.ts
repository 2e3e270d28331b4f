import {
  encodeCreateMarket,
  encodeSetMarketFees,
  encodeSetMarketState,
  type Market,
  marketState,
  refusal,
  type Venue,
} from "@halcyon/core";
import { z } from "zod";
import { change } from "../change.ts";
import { assetOf, assetsOf, noMarket } from "../lookup.ts";
import {
  feePpm,
  formatFee,
  marketBody,
  marketStateNames,
  stateName,
  toMarketParameters,
} from "../market-parameters.ts";
import { page, pageQuery, wholeNumber } from "../page.ts";
import { type FieldError, invalidRequest } from "../problem.ts";
import { created, defineRoute, ok } from "../route.ts";
import {
  fees,
  market,
  marketFees,
  marketStateChange,
  marketStateChanged,
  marketSymbol,
  newMarket,
} from "../schemas.ts";

const bySymbol = z.strictObject({ symbol: marketSymbol });

function bodyOf(venue: Venue, found: Market): Record<string, unknown> {
  const { base, quote } = assetsOf(venue, found);
  return marketBody(found.id, found.state, found, base, quote);
}

const listMarkets = defineRoute({
  verb: "GET",
  path: "/markets",
  operationId: "listMarkets",
  tag: "Markets",
  summary: "List the markets",
  description: "In the order in which they were created.",
  query: z.strictObject(pageQuery(wholeNumber(0, 0x7fff_ffff))),
  success: {
    status: 200,
    description: "A page of markets.",
    schema: z
      .strictObject({ markets: z.array(market), next: z.nullable(z.int()) })
      .meta({ id: "MarketPage", description: "Markets, and `after` of the next page." }),
  },
  handle({ replica: { venue } }, _call, { query }) {
    const rest = venue.markets.all().slice((query.after ?? -1) + 1);
    const { items, next } = page(rest, query.limit, ({ id }) => id);
    return ok({ markets: items.map((found) => bodyOf(venue, found)), next });
  },
});

const getMarket = defineRoute({
  verb: "GET",
  path: "/markets/{symbol}",
  operationId: "getMarket",
  tag: "Markets",
  summary: "Show a market",
  description: "Its grid, limits, fees and state.",
  pathParameters: bySymbol,
  success: { status: 200, description: "The market.", schema: market },
  problems: ["not-found"],
  handle({ replica: { venue } }, _call, { path }) {
    const found = venue.markets.bySymbol(path.symbol);
    return found === undefined ? noMarket(path.symbol) : ok(bodyOf(venue, found));
  },
});

const createMarket = defineRoute({
  verb: "POST",
  path: "/markets",
  operationId: "createMarket",
  tag: "Markets",
  summary: "Create a market",
  description:
    "It trades at once, on all nodes. Its grid and limits can never be changed; its state and fees can.",
  body: newMarket,
  success: { status: 201, description: "The new market.", schema: market },
  refusals: [refusal.marketExists, refusal.marketParameters, refusal.tooManyMarkets],
  handle(context, call, { body }) {
    const { venue } = context.replica;
    const base = assetOf(venue, "baseAsset", body.baseAsset);
    const quote = assetOf(venue, "quoteAsset", body.quoteAsset);
    if (!("code" in base && "code" in quote)) {
      return invalidRequest([base, quote].filter((a): a is FieldError => !("code" in a)));
    }
    const asked = toMarketParameters(body, base, quote);
    if (!("symbol" in asked)) return invalidRequest(asked);
    return change(context, call, {
      lane: "normal",
      target: { symbol: body.symbol },
      event: "marketCreated",
      encode: (w, origin) => encodeCreateMarket(w, origin, asked),
      matches: ({ parameters }) =>
        Object.entries(asked).every(
          ([name, value]) => parameters[name as keyof typeof parameters] === value,
        ),
      success: ({ market: id, parameters }) =>
        created(
          marketBody(id, marketState.trading, parameters, base, quote),
          "markets",
          parameters.symbol,
        ),
    });
  },
});

const resumableStates: readonly string[] = ["halt", "cancel-only", "auction"];

function untilOf({ untilMs }: { readonly untilMs: number }): string | null {
  return untilMs === 0 ? null : new Date(untilMs).toISOString();
}

const setMarketState = defineRoute({
  verb: "PUT",
  path: "/markets/{symbol}/state",
  operationId: "setMarketState",
  tag: "Markets",
  summary: "Open, halt or wind down a market",
  description:
    "Goes ahead of ordinary orders, so that a market can be halted under any load. A crossed book opens with an auction at one price.",
  pathParameters: bySymbol,
  body: marketStateChange,
  success: { status: 200, description: "The state it has now.", schema: marketStateChanged },
  problems: ["not-found"],
  refusals: [refusal.malformedCommand],
  handle(context, call, { path: { symbol }, body }) {
    const found = context.replica.venue.markets.bySymbol(symbol);
    if (found === undefined) return noMarket(symbol);
    const state = marketStateNames[body.state];
    const { resumes } = body;
    if (resumes && !resumableStates.includes(body.state)) {
      const detail = `goes with ${resumableStates.join(", ")} only`;
      return invalidRequest([{ pointer: "#/resumes", detail }]);
    }
    return change(context, call, {
      lane: "high",
      target: { symbol, ...body },
      event: "marketStateChanged",
      encode: (w, origin) => encodeSetMarketState(w, origin, { market: found.id, state, resumes }),
      matches: (event) => event.market === found.id && event.state === state,
      success: (event) => ok({ symbol, state: stateName(event.state), until: untilOf(event) }),
    });
  },
});

const setMarketFees = defineRoute({
  verb: "PUT",
  path: "/markets/{symbol}/fees",
  operationId: "setMarketFees",
  tag: "Markets",
  summary: "Set a market's fees",
  description: "For fills from now on, also of orders that are already open.",
  pathParameters: bySymbol,
  body: fees,
  success: { status: 200, description: "The fees it has now.", schema: marketFees },
  problems: ["not-found"],
  refusals: [refusal.feeTooHigh],
  handle(context, call, { path: { symbol }, body }) {
    const found = context.replica.venue.markets.bySymbol(symbol);
    if (found === undefined) return noMarket(symbol);
    const errors: FieldError[] = [];
    const ppm = (field: "makerFee" | "takerFee") =>
      feePpm(body[field], (detail) => errors.push({ pointer: `#/${field}`, detail }));
    const asked = { makerFeePpm: ppm("makerFee"), takerFeePpm: ppm("takerFee") };
    if (errors.length > 0) return invalidRequest(errors);
    return change(context, call, {
      lane: "normal",
      target: { symbol, ...asked },
      event: "marketFeesChanged",
      encode: (w, origin) => encodeSetMarketFees(w, origin, { market: found.id, ...asked }),
      matches: (event) =>
        event.market === found.id &&
        event.makerFeePpm === asked.makerFeePpm &&
        event.takerFeePpm === asked.takerFeePpm,
      success: (event) =>
        ok({
          symbol,
          makerFee: formatFee(event.makerFeePpm),
          takerFee: formatFee(event.takerFeePpm),
        }),
    });
  },
});

export const marketRoutes = [listMarkets, createMarket, getMarket, setMarketState, setMarketFees];
