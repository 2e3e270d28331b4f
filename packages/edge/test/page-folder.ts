import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { brotliCompressSync } from "node:zlib";

export const SCRIPT = "/assets/main-AbCd1234.js";
const source = `${"console.log(1);".repeat(50)}\n`;

/** A folder as a build leaves it. */
export function pageFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "halcyon-page-"));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "index.html"), "<!doctype html><p>the page</p>");
  writeFileSync(join(folder, SCRIPT), source);
  writeFileSync(join(folder, `${SCRIPT}.br`), brotliCompressSync(source));
  return folder;
}

export const asBrowser = { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
export const asProgram = { Accept: "application/json, */*" };
