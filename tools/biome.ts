// Biome, the formatter and linter: its native binary straight from the platform's package.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

export function runBiome(args: readonly string[]): number {
  const platform = `${process.platform}-${process.arch}`;
  const binary = join(root, "node_modules", "@biomejs", `cli-${platform}`, "biome");
  const { status, error } = spawnSync(binary, args, { cwd: root, stdio: "inherit" });
  if (error !== undefined) {
    process.stderr.write(
      `${error.message}\nAdd @biomejs/cli-${platform} to optionalDependencies in package.json, then npm install.\n`,
    );
  }
  return status ?? 1;
}

if (import.meta.main) process.exitCode = runBiome(process.argv.slice(2));
