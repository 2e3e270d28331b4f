import { build } from "vite";

/** Builds the page into a folder of its own. */
export async function buildPage(packageFolder: string, outDir: string): Promise<void> {
  await build({
    root: packageFolder,
    configFile: false,
    envDir: false,
    // Warnings are about directives of packages, hundreds of them.
    logLevel: "error",
    clearScreen: false,
    publicDir: false,
    build: {
      outDir,
      target: "baseline-widely-available",
      // The page's policy forbids what is written into it.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      license: { fileName: "assets/licenses.md" },
    },
  });
}
