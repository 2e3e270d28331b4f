import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { VenueConfig, ZoneConfig } from "@halcyon/fleet";
import { CliError, exitCode } from "../cli-error.ts";
import { repositoryFolder } from "../options.ts";
import { writePrivateJson } from "../up/private-file.ts";
import { readSettings } from "../up/settings.ts";

export type ClusterOptions = {
  readonly json?: boolean;
  readonly config?: string;
  readonly set?: readonly string[];
  readonly data?: string;
};

export type ClusterSettings = VenueConfig & { readonly zones: readonly ZoneConfig[] };

/** The configuration of a cluster; one without zones is refused. */
export function clusterSettings(options: ClusterOptions): ClusterSettings {
  const file = options.config ?? join(repositoryFolder, "config", "cluster.yaml");
  const config = readSettings({ ...options, config: file });
  const { zones } = config;
  if (zones !== undefined) return { ...config, zones };
  const detail = `${file} names no zones: see config/cluster.yaml.`;
  throw new CliError("Not a cluster", detail, exitCode.usage);
}

/** What the cluster on this data folder was started with; what is asked for now comes on top. */
export function optionsOfStart(options: ClusterOptions): ClusterOptions {
  const file = startFile(clusterSettings(options));
  if (!existsSync(file)) return options;
  const { config, set } = JSON.parse(readFileSync(file, "utf8")) as StartOptions;
  const later = options.set ?? [];
  return { ...options, ...(config === null ? {} : { config }), set: [...set, ...later] };
}

/** Keeps the flags of a start, so that later commands need not be told them again. */
export function keepOptionsOfStart(config: ClusterSettings, options: ClusterOptions): void {
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  const kept: StartOptions = {
    config: options.config === undefined ? null : resolve(options.config),
    set: options.set ?? [],
  };
  writePrivateJson(startFile(config), kept);
}

type StartOptions = { readonly config: string | null; readonly set: readonly string[] };

function startFile({ data }: ClusterSettings): string {
  return join(data, "cluster.json");
}
