import { join } from "node:path";
import type { VenueConfig, ZoneConfig } from "@halcyon/fleet";
import { CliError, exitCode } from "../cli-error.ts";
import { repositoryFolder } from "../options.ts";
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
  throw new CliError(
    "Not a cluster",
    `${file} names no zones: see config/cluster.yaml.`,
    exitCode.usage,
  );
}
