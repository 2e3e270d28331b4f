import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Says whether a built page is that of the sources: times of files change with every checkout,
 * contents do not. The lockfile stands for the packages that are built in.
 */
export function sourceHash(packageFolder: string): string {
  const hash = createHash("sha256");
  const files = globSync(["index.html", "package.json", "src/**/*.*", "../../package-lock.json"], {
    cwd: packageFolder,
  });
  for (const file of files.sort()) {
    const content = readFileSync(join(packageFolder, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 16);
}
