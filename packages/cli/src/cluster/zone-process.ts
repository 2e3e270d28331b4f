import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { inside, type Place } from "@halcyon/fleet";
import { repositoryFolder } from "../options.ts";
import type { ClusterOptions } from "./settings.ts";

const mainModule = join(repositoryFolder, "packages/cli/src/main.ts");

/** Where a zone's supervisor writes what it has to say. */
export function zoneLogFile(folder: string): string {
  return join(folder, "logs", "zone.log");
}

/**
 * Starts a zone's supervisor inside its namespace. It goes on when this process ends; what is
 * returned tells whether it has ended meanwhile.
 */
export function startZone(
  place: Place,
  folder: string,
  options: ClusterOptions,
  environment: Readonly<Record<string, string>> = {},
): { hasEnded(): boolean } {
  mkdirSync(join(folder, "logs"), { recursive: true, mode: 0o700 });
  const output = openSync(zoneLogFile(folder), "a", 0o600);
  const flags = [
    ...(options.config === undefined ? [] : ["--config", options.config]),
    ...(options.set ?? []).flatMap((set) => ["--set", set]),
    ...(options.data === undefined ? [] : ["--set", `data=${options.data}`]),
  ];
  const command = [process.execPath, mainModule, "zone", "run", place.name, "--json", ...flags];
  const child = spawn("ip", inside(place.namespace, ...command), {
    stdio: ["ignore", output, output],
    detached: true,
    env: { ...process.env, ...environment },
  });
  child.unref();
  closeSync(output);
  return { hasEnded: () => child.exitCode !== null || child.signalCode !== null };
}
