import { readFileSync } from "node:fs";

/**
 * Reads the JSON file named by a process's only argument. The supervisor wrote it from a
 * configuration that was validated against the schema, so only its shape as a file is checked.
 */
export function readProcessConfig<Config extends object>(path: string | undefined): Config {
  if (path === undefined) {
    throw new Error("No configuration: give the path of the JSON configuration file as argument.");
  }
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Error(`Cannot read ${path} as JSON: it must exist and hold one JSON object.`, {
      cause: error,
    });
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new Error(`${path} must hold one JSON object.`);
  }
  return value as Config;
}
