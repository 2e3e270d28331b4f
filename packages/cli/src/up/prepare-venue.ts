import { runOnce, type VenuePlan } from "@halcyon/fleet";
import { CliError } from "../cli-error.ts";
import { writePrivateJson } from "./private-file.ts";

const genesisTimeoutMs = 60_000;

/**
 * Before the first node: the log's first batch, with the administrator's key, the assets, the
 * markets and the demo trader. On a log that has batches it changes nothing, so a first start that
 * was killed halfway is completed by the next.
 */
export async function prepareVenue({ genesis }: VenuePlan): Promise<void> {
  writePrivateJson(genesis.configFile, genesis.config);
  try {
    await runOnce(genesis.entry, [genesis.configFile], genesisTimeoutMs);
  } catch (error) {
    throw new CliError("The log cannot be prepared", (error as Error).message);
  }
}
