import { existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { compressFolder } from "./compress-folder.ts";
import { sourceHash } from "./source-hash.ts";

export type Built = { readonly folder: string; readonly tookMs: number };

const packageFolder = join(import.meta.dirname, "..", "..");
const builtFolder = join(packageFolder, "built");
/** A venue that runs serves an older one and may read it again when its edge starts anew. */
const keptMax = 8;

/**
 * The folder of the built page, made now where the sources are not those of any that is kept.
 * Several processes may call it at once. Throws where the page cannot be built.
 */
export async function ensureBuilt(onBuild: () => void): Promise<Built> {
  const startedMs = performance.now();
  const folder = join(builtFolder, sourceHash(packageFolder));
  if (existsSync(folder)) {
    touch(folder);
    return { folder, tookMs: 0 };
  }
  onBuild();
  const unfinished = `${folder}.${process.pid}`;
  try {
    // Loaded only now: it takes longer than everything else that a start has to load.
    const { buildPage } = await import("./build-page.ts");
    await buildPage(packageFolder, unfinished);
    await compressFolder(unfinished);
    finish(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  removeOld();
  return { folder, tookMs: performance.now() - startedMs };
}

function finish(unfinished: string, folder: string): void {
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    // Another process has finished the same one meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "ENOTEMPTY") throw error;
  }
}

/** Also says "in use" where the folder may not be written to: then nothing is removed from it either. */
function touch(folder: string): void {
  try {
    utimesSync(folder, new Date(), new Date());
  } catch (error) {
    if (!["EACCES", "EPERM", "EROFS"].includes((error as NodeJS.ErrnoException).code ?? "")) {
      throw error;
    }
  }
}

function removeOld(): void {
  const finished = readdirSync(builtFolder)
    .filter((name) => !name.includes("."))
    .map((name) => join(builtFolder, name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const folder of finished.slice(keptMax)) rmSync(folder, { recursive: true, force: true });
}
