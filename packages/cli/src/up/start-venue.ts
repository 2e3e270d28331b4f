import { join } from "node:path";
import {
  type Credentials,
  controlSocketPath,
  dataFolderOf,
  openSupervisorLog,
  planVenue,
  planZone,
  prepareDataFolder,
  type RunLock,
  refuseDataFolder,
  Supervisor,
  startControlServer,
  startSupervisorHealth,
  takeRunLock,
  type VenueConfig,
  type VenuePlan,
  type ZoneConfig,
} from "@halcyon/fleet";
import { CliError } from "../cli-error.ts";
import { prepareVenue } from "./prepare-venue.ts";
import { writePrivateJson } from "./private-file.ts";

export type RunningVenue = {
  readonly url: string;
  readonly credentials: Credentials;
  readonly credentialsFile: string;
  readonly runsDemo: boolean;
  readonly supervisor: Supervisor;
  /** Stops all processes in order and gives the data folder back. */
  stop(): Promise<void>;
};

export type StartOptions = {
  readonly config: VenueConfig;
  /** The zone of a cluster to run here; null: the whole venue is this machine's. */
  readonly zone: { readonly config: ZoneConfig; readonly joins: boolean } | null;
  readonly appsFolder: string;
  /** The built page for browsers; null: there is only the API. */
  readonly pageFolder: string | null;
  /** Called when somebody asks for a stop through the control socket. */
  readonly onStop: () => void;
  /** Ends a start that is still waiting. */
  readonly signal: AbortSignal;
};

/** From an empty or a used data folder to running processes; nothing is left behind on failure. */
export async function startVenue(options: StartOptions): Promise<RunningVenue> {
  const { data } = options.config;
  const refusal = refuseDataFolder(data);
  if (refusal !== null) throw new CliError("Wrong data folder", refusal);
  const lock = takeRunLock(join(dataFolderOf(data).run, "supervisor.lock"));
  if (!lock.held) {
    const detail = `Process ${lock.holder.pid} runs a venue on ${data}: stop it with halcyon stop --data ${data}, or name another folder with --data.`;
    throw new CliError("Already running", detail);
  }
  try {
    return await startLocked(options, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

type HeldLock = Extract<RunLock, { held: true }>;

async function startLocked(options: StartOptions, lock: HeldLock): Promise<RunningVenue> {
  const { config, appsFolder, pageFolder, zone } = options;
  const isDemoTopology = config.topology === "demo";
  const prepared = prepareDataFolder(config.data, isDemoTopology && config.demo !== false);
  if (!prepared.ok) throw new CliError("Wrong data folder", prepared.message);
  const { folder, credentials, isFirstStart } = prepared;
  const runsDemo = isDemoTopology && (config.demo ?? isFirstStart);

  const plan =
    zone === null
      ? await planVenue({ config, folder, appsFolder, pageFolder, runsDemo })
      : planZone({
          config,
          zone: zone.config,
          joins: zone.joins,
          folder,
          appsFolder,
          pageFolder,
          runsDemo,
        });
  for (const { spec, config: told } of plan.processes) {
    if (told !== null) writePrivateJson(spec.args[0]!, told);
  }

  const startedAt = new Date().toISOString();
  writePrivateJson(folder.venueFile, venueNote(plan, startedAt));
  const supervisor = new Supervisor({
    runFolder: folder.run,
    logFolder: folder.logs,
    specs: plan.processes.map(({ spec }) => spec),
    logger: openSupervisorLog(folder.logs),
  });
  const control = await startControlServer({
    socketPath: controlSocketPath(config.data),
    supervisor,
    venue: {
      pid: process.pid,
      url: plan.url,
      data: config.data,
      topology: config.topology,
      demo: runsDemo,
      startedAt,
    },
    onStop: options.onStop,
  });
  const health = await startSupervisorHealth(supervisor, plan.supervisorHealthPort);
  const stop = async () => {
    await supervisor.stop();
    await Promise.all([health.close(), control.close()]);
    lock.release();
  };
  try {
    // The first batch needs the log's engine; everything else needs the first batch.
    await supervisor.start(({ role }) => role === "etcd");
    await prepareVenue(plan, options.signal);
    await supervisor.start();
  } catch (error) {
    await stop();
    throw error;
  }
  const { url } = plan;
  const { credentialsFile } = folder;
  return { url, credentials, credentialsFile, runsDemo, supervisor, stop };
}

/** Where the other commands, and whatever collects metrics, find the venue. */
function venueNote({ url, supervisorHealthPort, processes }: VenuePlan, startedAt: string) {
  return {
    url,
    pid: process.pid,
    startedAt,
    healthPorts: {
      supervisor: supervisorHealthPort,
      ...Object.fromEntries(processes.map(({ spec }) => [spec.name, spec.health?.port ?? null])),
    },
  };
}
