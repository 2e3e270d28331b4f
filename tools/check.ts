// npm run check: everything that judges the source without running it.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

const steps = [
  {
    name: "format and lint",
    program: "@biomejs/biome/bin/biome",
    args: ["ci", "--error-on-warnings", `--colors=${process.stdout.isTTY ? "force" : "off"}`, "."],
  },
  {
    name: "types of the core, inside its fence",
    program: "typescript/bin/tsc",
    args: ["-p", "packages/core"],
  },
  { name: "types of everything", program: "typescript/bin/tsc", args: ["-p", "."] },
];

const failed: string[] = [];
for (const { name, program, args } of steps) {
  const startedMs = performance.now();
  const path = join(root, "node_modules", program);
  const { status } = spawnSync(process.execPath, [path, ...args], { cwd: root, stdio: "inherit" });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  if (status !== 0) failed.push(name);
  process.stdout.write(`${status === 0 ? "ok  " : "FAIL"} ${name} (${seconds} s)\n`);
}
if (failed.length > 0) {
  process.stdout.write(
    `check failed: ${failed.join("; ")}. "npm run format" mends what is only form.\n`,
  );
  process.exitCode = 1;
}
