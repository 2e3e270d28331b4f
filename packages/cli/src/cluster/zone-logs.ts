import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { zoneFolder } from "@halcyon/fleet";
import { CliError } from "../cli-error.ts";
import type { ClusterSettings } from "./settings.ts";

/** The last lines of each log file of a zone, or of one process of it, under its name. */
export function clusterLogs(
  config: ClusterSettings,
  zone: string,
  process: string | null,
  lineCount: number,
): string[] {
  const folder = join(zoneFolder(config, zone), "logs");
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".log"));
  } catch {
    const known = config.zones.map(({ name }) => name).join(", ");
    throw new CliError("No logs", `${folder} is not there. Zones: ${known}.`);
  }
  const wanted = process === null ? names : names.filter((name) => name === `${process}.log`);
  if (wanted.length === 0) {
    throw new CliError("No logs", `${process} wrote none. There are ${names.join(", ")}.`);
  }
  return wanted.toSorted().flatMap((name) => {
    const lines = readFileSync(join(folder, name), "utf8").trimEnd().split("\n");
    return [`==> ${name} <==`, ...lines.slice(-lineCount)];
  });
}
