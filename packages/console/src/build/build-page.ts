import { build } from "vite";

const SHARED =
  /node_modules\/(?:react|react-dom|scheduler|@tanstack)\/|console\/src\/(?:design|settings|venue|texts\/texts)/;

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
      rolldownOptions: {
        output: {
          codeSplitting: {
            // What every page needs is compressed best in one piece.
            groups: [{ name: "shared", test: SHARED, entriesAware: false }],
          },
        },
      },
    },
  });
}
