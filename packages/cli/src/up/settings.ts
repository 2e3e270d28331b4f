import { join } from "node:path";
import { loadConfig, type Override, parseSetFlag, type VenueConfig } from "@halcyon/fleet";
import { CliError, exitCode } from "../cli-error.ts";
import { type CommonOptions, namedDataFolder, repositoryFolder } from "../options.ts";

export type UpOptions = CommonOptions & {
  readonly config?: string;
  readonly host?: string;
  readonly port?: string;
  readonly demo?: boolean;
  readonly set?: readonly string[];
};

/** The configuration file with the flags laid over it; refuses with every line that is wrong. */
export function readSettings(options: UpOptions): VenueConfig {
  const file = options.config ?? join(repositoryFolder, "config", "halcyon.yaml");
  const loaded = loadConfig(file, overridesOf(options));
  if (loaded.ok) return loaded.config;
  const lines = loaded.problems.map(({ where, key, message }) =>
    key === "" ? `${where}: ${message}` : `${where}: ${key} ${message}`,
  );
  throw new CliError("Wrong configuration", `\n  ${lines.join("\n  ")}`, exitCode.usage);
}

function overridesOf(options: UpOptions): Override[] {
  const overrides = (options.set ?? []).map((text) => {
    const override = parseSetFlag(text);
    if (override !== null) return override;
    const detail = `--set ${text} is not PATH=VALUE, such as --set limits.bodyBytes=32768.`;
    throw new CliError("Wrong flag", detail, exitCode.usage);
  });
  const add = (path: readonly string[], value: unknown, flag: string) => {
    if (value !== undefined) overrides.push({ path, value, flag });
  };
  const { host, port, demo } = options;
  add(["edge", "host"], host, `--host ${host}`);
  add(["edge", "port"], /^\d+$/.test(port ?? "") ? Number(port) : port, `--port ${port}`);
  add(["demo"], demo, demo === true ? "--demo" : "--no-demo");
  add(["data"], namedDataFolder(options) ?? undefined, "--data");
  return overrides;
}
