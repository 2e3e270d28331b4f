import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { type CommandLog, LogError, type LogOptions, openLog } from "@halcyon/log";
import { createLogger, readProcessConfig } from "@halcyon/process";
import type { ApiCredentials, GenesisMarket } from "./first-batch.ts";

/**
 * Runs to its end before the first node of a venue: writes the log's first batch where the log is
 * empty, and changes nothing where it is not.
 */
type GenesisConfig = {
  readonly log: LogOptions;
  /** False where another zone writes it: this one waits until it is there. */
  readonly writes: boolean;
  readonly masterKeyFile: string;
  readonly credentialsFile: string;
  readonly assets: readonly { readonly code: string; readonly decimals: number }[];
  readonly markets: readonly GenesisMarket[];
};
type Credentials = {
  readonly administrator: { readonly token: string };
  readonly demoTrader?: ApiCredentials;
  readonly people?: readonly {
    readonly name: string;
    readonly role: "trader" | "administrator";
    readonly password: string;
  }[];
};

const lookAgainMs = 200;

const logger = createLogger({ process: "genesis" });
const config = readProcessConfig(process.argv[2]) as GenesisConfig;
const log = await openWhenThere();
try {
  let head = await log.head();
  while (head === null && !config.writes) {
    await delay(lookAgainMs);
    head = await log.head();
  }
  if (head === null) await writeFirstBatch();
  else logger.info({ position: head.position }, "the log has batches already: nothing to do");
} finally {
  await log.close();
}

/** A cluster's log is there once most of its members are: whoever comes first waits for them. */
async function openWhenThere(): Promise<CommandLog> {
  for (;;) {
    try {
      return await openLog(config.log);
    } catch (error) {
      const isPatient = config.log.kind === "etcd";
      if (!isPatient || !(error instanceof LogError) || error.code !== "unavailable") throw error;
      logger.info({ reason: error.message }, "waiting for the log");
      await delay(lookAgainMs);
    }
  }
}

async function writeFirstBatch(): Promise<void> {
  // Only here: no later start of the venue needs them.
  const { Passwords, Seal } = await import("@halcyon/gateway");
  const { firstBatch } = await import("./first-batch.ts");
  const credentials = JSON.parse(readFileSync(config.credentialsFile, "utf8")) as Credentials;
  const { demoTrader, people: named = [] } = credentials;
  const passwords = new Passwords();
  const people = await Promise.all(
    named.map(async ({ password, ...person }) => {
      const kept = await passwords.hash(password);
      if (kept === null) throw new Error("there are more first people than passwords at once");
      return { ...person, password: kept };
    }),
  );
  const traders = demoTrader === undefined ? [] : [{ ...demoTrader, label: "demo trader" }];
  const batch = firstBatch(
    {
      assets: config.assets,
      markets: config.markets,
      administratorToken: credentials.administrator.token,
      traders,
      people,
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
