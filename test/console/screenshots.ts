// npm run screenshots: pictures of the console's pages in both themes, for docs/images.
//   --folder FOLDER   elsewhere
//   --widths 390,1440,2560   other widths than 1440
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { type Person, startVenueProcess } from "../venue-process.ts";
import { type Browser, startBrowser } from "./browser.ts";
import { liveMarket } from "./market-life.ts";
import { openOrders, place, signIn } from "./page.ts";

const { values } = parseArgs({
  options: {
    folder: { type: "string", default: join(import.meta.dirname, "..", "..", "docs", "images") },
    widths: { type: "string", default: "1440" },
  },
});
const heights: Readonly<Record<string, number>> = { 390: 844, 1440: 900, 2560: 1440 };
const lifeSeconds = 75;

type Shot = { readonly name: string; readonly prepare: (page: Page) => Promise<unknown> };
const shots: readonly Shot[] = [
  { name: "trade", prepare: async () => {} },
  { name: "order", prepare: writeOrder },
];
/** Pages that need no more than somebody who is signed in. */
const ownPages = [
  { name: "wallet", path: "/account", until: "Statement of" },
  { name: "keys", path: "/account/keys", until: "HMAC" },
  { name: "security", path: "/account/security", until: "this one" },
];
const adminPages = [
  { name: "nodes", path: "/operate", until: "3 of 3 nodes ready" },
  { name: "markets", path: "/operate/markets", until: "Trading" },
  { name: "trail", path: "/operate/trail", until: "done" },
];
type OwnPage = (typeof ownPages)[number];

mkdirSync(values.folder, { recursive: true });
const venue = await startVenueProcess();
let browser: Browser | null = null;
try {
  browser = await startBrowser(`http://127.0.0.1:${venue.edgePort}`);
  const money = { USDT: "250000", BTC: "12", ETH: "40" };
  const { account } = await venue.makeTrader("own", money);
  const own = await venue.makePerson("ann", account);
  const admin = await venue.makePerson("ops");
  await takeSignIn(browser);
  await placeSome(browser, own);
  const life = liveMarket(venue, lifeSeconds * 2);
  await new Promise((resolve) => setTimeout(resolve, lifeSeconds * 1000));
  for (const width of values.widths.split(",")) {
    for (const theme of ["dark", "light"] as const) {
      await takeAll(browser, own, Number(width), theme);
      await takeOwnPages(browser, own, ownPages, Number(width), theme);
      await browser.context.clearCookies();
      await takeOwnPages(browser, admin, adminPages, Number(width), theme);
      await browser.context.clearCookies();
    }
  }
  await life;
} finally {
  await browser?.close();
  await venue.stop();
}

async function takeAll(
  from: Browser,
  own: Person,
  width: number,
  theme: "dark" | "light",
): Promise<void> {
  for (const { name, prepare } of shots) {
    const page = await from.open("/trade/BTC-USDT", { width, height: heights[width] ?? 900 });
    await page.emulateMedia({ colorScheme: theme });
    await signIn(page, own);
    const isSmall = width < 900;
    if (isSmall && name === "order")
      await page.getByRole("button", { name: "Order", exact: true }).click();
    else await page.getByRole("button", { name: "1s", exact: true }).click();
    await page.waitForTimeout(1_500);
    await prepare(page);
    await page.waitForTimeout(500);
    await page.screenshot({ path: fileOf(name, width, theme) });
    await page.close();
  }
}

async function takeOwnPages(
  from: Browser,
  own: Person,
  pages: readonly OwnPage[],
  width: number,
  theme: "dark" | "light",
): Promise<void> {
  for (const { name, path, until } of pages) {
    const page = await from.open("/sign-in", { width, height: heights[width] ?? 900 });
    await page.emulateMedia({ colorScheme: theme });
    await signIn(page, own);
    await page.goto(new URL(path, page.url()).href);
    await page.getByText(until).first().waitFor();
    await page.waitForTimeout(500);
    await page.screenshot({ path: fileOf(name, width, theme) });
    await page.close();
  }
}

async function takeSignIn(from: Browser): Promise<void> {
  const page = await from.open("/trade/BTC-USDT");
  await page.getByRole("link", { name: "Sign in", exact: true }).click();
  for (const theme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await page.waitForTimeout(300);
    await page.screenshot({ path: fileOf("sign-in", 1440, theme) });
  }
  await page.close();
}

/** Own orders that stay open, so that there is something to see of them. */
async function placeSome(from: Browser, own: Person): Promise<void> {
  const page = await from.open("/trade/BTC-USDT");
  await signIn(page, own);
  for (const [price, quantity] of [
    ["59000", "0.5"],
    ["58500", "0.75"],
    ["58000", "1"],
  ] as const) {
    await place(page, "Buy", price, quantity);
    await openOrders(page).filter({ hasText: quantity }).first().waitFor();
  }
  await page.close();
}

async function writeOrder(page: Page): Promise<void> {
  const depth = page.getByRole("button", { name: "Depth" });
  if (await depth.isVisible()) await depth.click();
  await page.getByLabel("Type", { exact: true }).selectOption("MARKET");
  await page.getByLabel("Quantity", { exact: true }).fill("1.5");
}

function fileOf(name: string, width: number, theme: string): string {
  return join(values.folder, `${name}${width === 1440 ? "" : `-${width}`}-${theme}.png`);
}
