import { readFileSync } from "node:fs";
import { Seal } from "@halcyon/gateway";
import { type LogOptions, openLog } from "@halcyon/log";
import { createLogger, readProcessConfig } from "@halcyon/process";
import { type ApiCredentials, firstBatch, type GenesisMarket } from "./first-batch.ts";

/**
 * Runs to its end before the first node of a venue: writes the log's first batch where the log is
 * empty, and changes nothing where it is not.
 */
type GenesisConfig = {
  readonly log: LogOptions;
  readonly masterKeyFile: string;
  readonly credentialsFile: string;
  readonly assets: readonly { readonly code: string; readonly decimals: number }[];
  readonly markets: readonly GenesisMarket[];
};
type Credentials = {
  readonly administrator: { readonly token: string };
  readonly demoTrader?: ApiCredentials;
};

const logger = createLogger({ process: "genesis" });
const config = readProcessConfig(process.argv[2]) as GenesisConfig;
const log = await openLog(config.log);
try {
  const head = await log.head();
  if (head === null) await writeFirstBatch();
  else logger.info({ position: head.position }, "the log has batches already: nothing to do");
} finally {
  await log.close();
}

async function writeFirstBatch(): Promise<void> {
  const credentials = JSON.parse(readFileSync(config.credentialsFile, "utf8")) as Credentials;
  const { demoTrader } = credentials;
  const traders = demoTrader === undefined ? [] : [{ ...demoTrader, label: "demo trader" }];
  const batch = firstBatch(
    {
      assets: config.assets,
      markets: config.markets,
      administratorToken: credentials.administrator.token,
      traders,
      // A node of its own, so that its time never weighs among the nodes' for long.
      nodeId: 255,
      timeMs: Date.now(),
    },
    new Seal(readFileSync(config.masterKeyFile), "api key secrets"),
  );
  if (typeof batch === "string") throw new Error(`the configuration cannot be used: ${batch}`);
  await log.append(batch);
  logger.info(
    { assets: config.assets.length, markets: config.markets.length, accounts: traders.length },
    "wrote the first batch",
  );
}
