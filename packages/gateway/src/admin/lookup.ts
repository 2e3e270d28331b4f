import type { Asset, Market, Venue } from "@halcyon/core";
import { type FieldError, type Problem, problem } from "./problem.ts";

export function noAsset(code: string): Problem {
  return problem("not-found", `No asset has the code ${code}. GET /admin/v1/assets lists them.`);
}
export function noMarket(symbol: string): Problem {
  return problem(
    "not-found",
    `No market has the symbol ${symbol}. GET /admin/v1/markets lists them.`,
  );
}
export function noAccount(id: number): Problem {
  return problem("not-found", `There is no account ${id}. GET /admin/v1/accounts lists them.`);
}
export function noKey(name: string): Problem {
  return problem(
    "not-found",
    `No key has the name ${name}. GET /admin/v1/accounts/{id}/keys lists an account's.`,
  );
}

/** The asset a field of the body names, or what to tell about that field. */
export function assetOf(venue: Venue, field: string, code: string): Asset | FieldError {
  const found = venue.assets.byCode(code);
  if (found !== undefined) return found;
  return {
    pointer: `#/${field}`,
    detail: `is no asset of the venue: create it with POST /admin/v1/assets first`,
  };
}

export function assetsOf(venue: Venue, market: Pick<Market, "baseAsset" | "quoteAsset">) {
  return { base: assetById(venue, market.baseAsset), quote: assetById(venue, market.quoteAsset) };
}

/** An asset that the core itself refers to. */
export function assetById(venue: Venue, id: number): Asset {
  const asset = venue.assets.get(id);
  if (asset === undefined) throw new Error(`the core refers to asset ${id}, which does not exist`);
  return asset;
}
