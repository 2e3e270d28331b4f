import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";

/** False where there is a Chromium to test with; else why the tests are skipped. In CI it has to be there. */
export const chromiumMissing: string | false =
  spawnSync("which", ["chromium"]).status === 0 || (process.env["CI"] ?? "") !== ""
    ? false
    : "chromium is not installed: apt-get install chromium";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export type Browser = {
  readonly context: BrowserContext;
  /** A new page; what it complains about is collected. */
  open(url: string, size?: { readonly width: number; readonly height: number }): Promise<Page>;
  /** Errors on consoles, breaches of the page's policy, requests to anywhere else. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
};

/** A browser of its own, with nothing remembered. `home` is the only address it may load from. */
export async function startBrowser(home: string): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), "halcyon-browser-"));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: "/usr/bin/chromium",
    headless: true,
    args: flags,
    locale: "en-GB",
    timezoneId: "UTC",
    colorScheme: "dark",
  });
  const complaints: string[] = [];
  context.on("page", (page) => {
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      const isExpected = /Failed to load resource|WebSocket connection/.test(message.text());
      if (message.type() === "error" && !isExpected) complaints.push(message.text());
    });
    page.on("request", (request) => {
      const url = request.url();
      if (/^(?:http|ws)/.test(url) && !url.startsWith(home)) complaints.push(`loads ${url}`);
    });
  });
  return {
    context,
    complaints,
    async open(url, size = { width: 1440, height: 900 }) {
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      await page.setViewportSize(size);
      await page.goto(home + url);
      return page;
    },
    async close() {
      await context.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
