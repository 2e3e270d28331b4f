import { type MarketState, marketState } from "@halcyon/core";
import { dialectError } from "../errors.ts";
import { answerJson, type Method } from "../method.ts";
import { oneOf, type ParamSpec } from "../params.ts";

export const ping: Method = {
  name: "ping",
  rest: [{ verb: "GET", path: "/api/v3/ping" }],
  ws: "ping",
  security: "none",
  weight: 1,
  params: {},
  handle: () => answerJson("{}"),
};

export const time: Method = {
  name: "time",
  rest: [{ verb: "GET", path: "/api/v3/time" }],
  ws: "time",
  security: "none",
  weight: 1,
  params: {},
  handle: (gateway) => answerJson(`{"serverTime":${gateway.now()}}`),
};

export const marketStatusText: Readonly<Record<MarketState, string>> = {
  [marketState.trading]: "TRADING",
  [marketState.halt]: "HALT",
  [marketState.cancelOnly]: "CANCEL_ONLY",
  // The dialect has no word for a market that takes only limit makers.
  [marketState.postOnly]: "TRADING",
  [marketState.auction]: "AUCTION_MATCH",
};
export const symbolStatus: ParamSpec = oneOf(
  ["TRADING", "HALT", "BREAK", "END_OF_DAY", "CANCEL_ONLY", "AUCTION_MATCH"],
  dialectError.invalidSymbolStatus,
);
