import { runOnce, type VenuePlan } from "@halcyon/fleet";
import { CliError } from "../cli-error.ts";
import { writePrivateJson } from "./private-file.ts";

const edgeSetupTimeoutMs = 60_000;
/** In a cluster it waits for the other zones, however long they take to come. */
const genesisTimeoutMs = { lmdb: 60_000, etcd: null } as const;

/**
 * Before the first node: the edge's configuration where it needs one, and the log's first batch,
 * with the administrator's key, the assets, the markets and the demo trader. On a log that has
 * batches it changes nothing, so a first start that was killed halfway is completed by the next.
 */
export async function prepareVenue(
  { genesis, edgeSetup }: VenuePlan,
  signal: AbortSignal,
): Promise<void> {
  writePrivateJson(genesis.configFile, genesis.config);
  try {
    if (edgeSetup !== null) {
      const { entry, configFile } = edgeSetup;
      await runOnce(entry, [configFile], { timeoutMs: edgeSetupTimeoutMs, signal });
    }
    const timeoutMs = genesisTimeoutMs[genesis.config.log.kind];
    await runOnce(genesis.entry, [genesis.configFile], { timeoutMs, signal });
  } catch (error) {
    throw new CliError("The venue cannot be prepared", (error as Error).message);
  }
}
