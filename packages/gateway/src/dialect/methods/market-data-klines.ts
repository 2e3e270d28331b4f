import { type CandleInterval, candleIntervals } from "../../views/candle-interval.ts";
import type { Candle } from "../../views/records.ts";
import { type DialectError, dialectError, invalidParameter } from "../errors.ts";
import type { MarketGrid } from "../market-grid.ts";
import { answerJson, type Method, refuse } from "../method.ts";
import { oneOf, type ParamSpec, type Params, param, required } from "../params.ts";
import { readLimit } from "./market-data-trades.ts";
import { readMarket } from "./market-selection.ts";

const zonePattern = /^([+-]?)([0-9]{1,2})(?::([0-5][0-9]))?$/;
const minuteMs = 60_000;
const zoneMinMs = -12 * 60 * minuteMs;
const zoneMaxMs = 14 * 60 * minuteMs;

/** How far a time zone such as "8", "-1:00" or "05:45" is ahead of UTC; null when it is none. */
export function parseZoneOffsetMs(text: string): number | null {
  const match = zonePattern.exec(text);
  if (match === null) return null;
  const size = (Number(match[2]) * 60 + Number(match[3] ?? 0)) * minuteMs;
  const offsetMs = match[1] === "-" && size > 0 ? -size : size;
  return offsetMs >= zoneMinMs && offsetMs <= zoneMaxMs ? offsetMs : null;
}

export const timeZone: ParamSpec = {
  required: false,
  check: (name, value): DialectError | null =>
    parseZoneOffsetMs(value) === null ? invalidParameter(name) : null,
};

export function readZoneOffsetMs(params: Params): number {
  const text = params.text("timeZone");
  return (text === undefined ? 0 : parseZoneOffsetMs(text)) ?? 0;
}

const klineParams = {
  symbol: required(param.symbol),
  interval: required(oneOf(candleIntervals, dialectError.invalidInterval)),
  startTime: param.integer,
  endTime: param.integer,
  timeZone,
  limit: param.integer,
} as const;

export const klines: Method = {
  name: "klines",
  rest: [{ verb: "GET", path: "/api/v3/klines" }],
  ws: "klines",
  security: "none",
  weight: 2,
  params: klineParams,
  handle(gateway, _caller, params) {
    const grid = readMarket(gateway, params);
    if ("code" in grid) return refuse(grid);
    const limit = readLimit(params);
    if (typeof limit === "object") return refuse(limit);
    const startTimeMs = params.integer("startTime");
    const endTimeMs = params.integer("endTime");
    if ((startTimeMs ?? 0) > (endTimeMs ?? Number.POSITIVE_INFINITY)) {
      return refuse(dialectError.startAfterEnd);
    }
    const candles = gateway.views.candles.list(
      grid.market,
      params.required("interval") as CandleInterval,
      { startTimeMs, endTimeMs, limit, zoneOffsetMs: readZoneOffsetMs(params) },
      gateway.replica.venue.logTimeMs,
    );
    return answerJson(`[${candles.map((candle) => klineJson(grid, candle)).join(",")}]`);
  },
};

/** The dialect's candles for charts differ from the plain ones in nothing that is promised. */
export const uiKlines: Method = {
  ...klines,
  name: "uiKlines",
  rest: [{ verb: "GET", path: "/api/v3/uiKlines" }],
  ws: "uiKlines",
};

function klineJson(grid: MarketGrid, k: Candle): string {
  return (
    `[${k.openTimeMs},"${grid.priceText(k.openTicks)}","${grid.priceText(k.highTicks)}",` +
    `"${grid.priceText(k.lowTicks)}","${grid.priceText(k.closeTicks)}",` +
    `"${grid.quantityText(k.volumeLots)}",${k.closeTimeMs},"${grid.quoteText(k.quoteUnits)}",` +
    `${k.tradeCount},"${grid.quantityText(k.takerBuyLots)}",` +
    `"${grid.quoteText(k.takerBuyQuoteUnits)}","0"]`
  );
}
