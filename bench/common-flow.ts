import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { VenueShape } from "./flow.ts";

export const commonShape: VenueShape = {
  markets: 1,
  nearMarkets: 1,
  users: 1000,
  priceTicksMax: 1_000_000,
};

const generator = fileURLToPath(new URL("../../shared/bench/order-flow.mjs", import.meta.url));

/** Writes the flow on which engines are compared with its shared generator. False where that is not there. */
export function makeCommonFlow(path: string, commands: number): boolean {
  if (!existsSync(generator)) return false;
  const made = spawnSync(process.execPath, [generator, path, String(commands)]);
  if (made.status !== 0) throw new Error(`the flow's generator failed: ${made.stderr}`);
  return true;
}
