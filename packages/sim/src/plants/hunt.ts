import type { Sabotage } from "../sabotage.ts";
import { simulate } from "../simulate.ts";

export type Hunt = {
  readonly plant: string;
  /** How many seeds it took; null: it was not found. */
  readonly seeds: number | null;
  readonly checkers: readonly string[];
};

/** Runs seeds with a planted bug until a checker sees it. */
export async function hunt(plant: string, sabotage: Sabotage, seedsMax: number): Promise<Hunt> {
  for (let seed = 1; seed <= seedsMax; seed++) {
    const { violations } = await simulate({ seed, sabotage });
    if (violations.length === 0) continue;
    return { plant, seeds: seed, checkers: [...new Set(violations.map(({ checker }) => checker))] };
  }
  return { plant, seeds: null, checkers: [] };
}
