// npm run check: everything that judges the source without running it.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { runBiome } from "./biome.ts";

const root = join(import.meta.dirname, "..");
const colors = process.stdout.isTTY ? "force" : "off";

function runTypescript(project: string): number {
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const args = [tsc, "-p", project];
  return spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" }).status ?? 1;
}

const steps = {
  "format and lint": () => runBiome(["ci", "--error-on-warnings", `--colors=${colors}`, "."]),
  "types of the core, inside its fence": () => runTypescript("packages/core"),
  "types of the console, which runs in browsers": () => runTypescript("packages/console"),
  "types of everything else": () => runTypescript("."),
};

const failed: string[] = [];
for (const [name, step] of Object.entries(steps)) {
  const startedMs = performance.now();
  const ok = step() === 0;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  if (!ok) failed.push(name);
  process.stdout.write(`${ok ? "ok  " : "FAIL"} ${name} (${seconds} s)\n`);
}
if (failed.length > 0) {
  process.stdout.write(`check failed: ${failed.join("; ")}. "npm run format" mends mere form.\n`);
  process.exitCode = 1;
}
