import { marketGrid } from "./market-grid.ts";
import type { VenueConfig } from "./schema.ts";

export type Path = readonly (string | number)[];
export type Problem = { readonly path: Path; readonly message: string };

/** What no single value shows: names that must be unique or known, numbers that must fit together. */
export function crossChecks(config: VenueConfig): Problem[] {
  const problems: Problem[] = [
    ...(config.zones === undefined ? duplicates(config.regions, "regions", "name") : []),
    ...duplicates(config.zones ?? [], "zones", "name"),
    ...duplicates(config.zones ?? [], "zones", "address"),
    ...duplicates(config.assets, "assets", "code"),
    ...duplicates(config.markets, "markets", "symbol"),
    ...config.markets.flatMap((_, index) => marketProblems(config, index)),
  ];
  if (config.demo === true && config.topology !== "demo") {
    problems.push({
      path: ["demo"],
      message:
        "demo traders run only where topology is demo, never beside real regions: " +
        "remove demo (and --demo), or set topology: demo",
    });
  }
  return problems;
}

function duplicates<Key extends string>(
  items: readonly Readonly<Record<Key, string>>[],
  listName: string,
  key: Key,
): Problem[] {
  return items.flatMap((item, index) => {
    const first = items.findIndex((other) => other[key] === item[key]);
    if (first === index) return [];
    return {
      path: [listName, index, key],
      message: `${item[key]} is already ${listName}[${first}]: rename or remove one of them`,
    };
  });
}

function marketProblems(config: VenueConfig, index: number): Problem[] {
  const market = config.markets[index]!;
  const at = (key: string): Path => ["markets", index, key];
  const codes = config.assets.map((asset) => asset.code).join(", ") || "none yet";
  const unknown = (["base", "quote"] as const).flatMap((key): Problem[] => {
    if (config.assets.some((asset) => asset.code === market[key])) return [];
    const message = `${market[key]} is not one of the assets (${codes}): add it there or correct it`;
    return [{ path: at(key), message }];
  });
  if (unknown.length > 0) return unknown;
  if (market.base === market.quote) {
    return [{ path: at("quote"), message: `is the same as base: a market has two assets` }];
  }
  const [base, quote] = [market.base, market.quote].map((code) =>
    config.assets.find((asset) => asset.code === code),
  );
  const result = marketGrid(market, base!, quote!);
  if (result.ok) return [];
  return result.problems.map(({ key, message }) => ({ path: at(key), message }));
}
