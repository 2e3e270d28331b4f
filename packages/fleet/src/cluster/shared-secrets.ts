import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { VenueConfig } from "../config/schema.ts";
import { dataFolderOf, type Prepared, prepareDataFolder } from "../data-folder.ts";

/** The folder of a zone of the cluster. */
export function zoneFolder(config: VenueConfig, zone: string): string {
  return join(config.data, zone);
}

/** Makes the first zone's secrets where there are none, and gives the other zones the same ones. */
export function shareSecrets(config: VenueConfig): Prepared {
  const [first, ...others] = config.zones ?? [];
  const wantsDemo = config.topology === "demo" && config.demo !== false;
  const prepared = prepareDataFolder(zoneFolder(config, first?.name ?? ""), wantsDemo);
  if (!prepared.ok) return prepared;
  for (const zone of others) {
    const folder = dataFolderOf(zoneFolder(config, zone.name));
    if (existsSync(folder.masterKeyFile)) continue;
    mkdirSync(dirname(folder.masterKeyFile), { recursive: true, mode: 0o700 });
    copyFileSync(prepared.folder.masterKeyFile, folder.masterKeyFile);
    copyFileSync(prepared.folder.credentialsFile, folder.credentialsFile);
  }
  return prepared;
}
