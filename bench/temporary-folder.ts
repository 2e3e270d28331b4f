import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that goes when this process ends; what lies elsewhere can be taken away just before it. */
export function temporaryFolder(name: string, before: () => void = () => {}): string {
  const folder = mkdtempSync(join(tmpdir(), `halcyon-bench-${name}-`));
  process.once("exit", () => {
    before();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  return folder;
}

/** Ctrl-C is an end like any other, so that nothing temporary stays. */
export function endOnSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => process.exit(130));
}
