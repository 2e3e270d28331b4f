import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { CDPSession, Page } from "playwright-core";
import { axeInBothThemes } from "../test/console/axe.ts";
import { type Browser, chromiumMissing, startBrowser } from "../test/console/browser.ts";
import { Counterparty } from "../test/console/counterparty.ts";
import { level, signIn } from "../test/console/page.ts";
import { startVenueProcess, type VenueProcess } from "../test/venue-process.ts";

export type ConsoleReport = {
  /** Everything that the trade page loads at its start, as it is sent. */
  readonly gzipKB: number;
  /** Of the page's main thread, while the book changed; 0: none took 50 ms. */
  readonly longestTaskMs: number;
  readonly longTasks: number;
  /** After a collection, at the end less at the beginning. */
  readonly heapGrowthMB: number;
  readonly axeViolations: number;
  readonly bookUpdatesPerSecond: number;
  readonly seconds: number;
  readonly holds: boolean;
};

const bars = { gzipKB: 300, longestTaskMs: 50, heapGrowthMB: 5, axeViolations: 0 } as const;
const updatesPerSecond = 200;
const senders = 8;
const warmUpMs = 10_000;
const money = { USDT: "100000000", BTC: "2000" };

/** The page in a browser beside a venue whose book changes 200 times a second, on this machine. */
export async function benchConsole(options: {
  readonly quick: boolean;
  readonly json: boolean;
}): Promise<ConsoleReport> {
  if (chromiumMissing !== false) throw new Error(chromiumMissing);
  const seconds = options.quick ? 15 : 60;
  const say = (text: string) => void (options.json || console.log(text));
  const venue = await startVenueProcess({ "limits.ordersPer10Seconds": 1_000_000 });
  let browser: Browser | null = null;
  try {
    browser = await startBrowser(`http://127.0.0.1:${venue.edgePort}`);
    const maker = await venue.makeTrader("maker", money);
    const person = await venue.makePerson("bench", (await venue.makeTrader("own", money)).account);
    const book = new MovingBook(new Counterparty(venue, maker));
    await book.seed();
    const page = await browser.open("/trade/BTC-USDT");
    await level(page, "60,000.50").waitFor();
    const gzipKB = Number((bytesLoaded(venue, await loadedBy(page)) / 1024).toFixed(1));
    say(`the trade page loads ${gzipKB} KB, compressed`);
    await signIn(page, person);
    await level(page, "60,000.50").waitFor();
    say(`the book changes for ${seconds} s`);
    const life = await underChange(page, book, seconds);
    const violations = await axeOfAll(page, venue);
    for (const line of violations) say(line);
    const figures = { gzipKB, ...life, axeViolations: violations.length };
    const holds = (Object.keys(bars) as (keyof typeof bars)[]).every(
      (name) => figures[name] <= bars[name],
    );
    const report = { ...figures, seconds, holds };
    if (!options.json) console.table({ ...figures, ...{ bars: JSON.stringify(bars) } });
    return report;
  } finally {
    await browser?.close();
    await venue.stop();
  }
}

/** A book of which each order changes one level; what is cancelled comes back at another price. */
class MovingBook {
  readonly #maker: Counterparty;
  #changes = 0;
  #isOver = false;

  constructor(maker: Counterparty) {
    this.#maker = maker;
  }

  get changes(): number {
    return this.#changes;
  }

  async seed(): Promise<void> {
    for (let at = 1; at <= 40; at++) await this.#add(at, at % 2 === 0 ? "BUY" : "SELL");
  }

  /** Adds to levels around the middle until it is stopped, so many times a second as it can. */
  async run(): Promise<void> {
    const beginMs = performance.now();
    const before = this.#changes;
    const send = async (sender: number): Promise<void> => {
      for (let turn = sender; !this.#isOver; turn += senders) {
        const dueMs = beginMs + (turn * 1000) / updatesPerSecond;
        const waitMs = dueMs - performance.now();
        if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
        await this.#add(1 + (turn % 60), turn % 2 === 0 ? "BUY" : "SELL");
        // Open orders are bounded: now and then all go, which changes every level at once.
        if (turn - before > 0 && turn % 150 === 0) await this.#maker.cancelAll();
      }
    };
    await Promise.all(Array.from({ length: senders }, (_, sender) => send(sender)));
  }

  stop(): void {
    this.#isOver = true;
  }

  async #add(away: number, side: "BUY" | "SELL"): Promise<void> {
    const price = 60_000 + (side === "SELL" ? 1 : -1) * away * 0.5;
    const quantity = (0.01 + (away % 7) * 0.013).toFixed(5);
    await this.#maker.limit(side, price.toFixed(2), quantity);
    this.#changes += 1;
  }
}

async function underChange(page: Page, book: MovingBook, seconds: number) {
  const devtools = await page.context().newCDPSession(page);
  await page.evaluate(
    `window.longTasks = [];
     new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) window.longTasks.push(duration); })
       .observe({ type: "longtask" });`,
  );
  const running = book.run();
  await page.waitForTimeout(warmUpMs);
  const heapBefore = await heapOf(devtools);
  await page.evaluate("window.longTasks = []");
  const changesBefore = book.changes;
  const beginMs = performance.now();
  await page.waitForTimeout(seconds * 1000);
  const spentMs = performance.now() - beginMs;
  const changes = book.changes - changesBefore;
  const tasks = (await page.evaluate("window.longTasks")) as number[];
  const heapAfter = await heapOf(devtools);
  book.stop();
  await running;
  return {
    longestTaskMs: Math.round(Math.max(0, ...tasks)),
    longTasks: tasks.length,
    heapGrowthMB: Number(((heapAfter - heapBefore) / 2 ** 20).toFixed(2)),
    bookUpdatesPerSecond: Math.round((changes * 1000) / spentMs),
  };
}

async function heapOf(devtools: CDPSession): Promise<number> {
  await devtools.send("HeapProfiler.collectGarbage");
  return (await devtools.send("Runtime.getHeapUsage")).usedSize;
}

async function loadedBy(page: Page): Promise<string[]> {
  const paths = (await page.evaluate(
    "performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)",
  )) as string[];
  return [...new Set(paths.filter((path) => path.startsWith("/assets/")))];
}

function bytesLoaded(venue: VenueProcess, paths: readonly string[]): number {
  const { pageFolder } = JSON.parse(readFileSync(join(venue.data, "run", "edge.json"), "utf8")) as {
    readonly pageFolder: string;
  };
  return paths.reduce((sum, path) => {
    const file = join(pageFolder, path);
    return sum + statSync(existsSync(`${file}.gz`) ? `${file}.gz` : file).size;
  }, 0);
}

const traderPages = ["/trade/BTC-USDT", "/account", "/account/keys", "/account/security"];
const adminPages = ["", "/markets", "/accounts", "/people", "/trail"].map((at) => `/operate${at}`);

async function axeOfAll(page: Page, venue: VenueProcess): Promise<string[]> {
  const found: string[] = [];
  const visit = async (paths: readonly string[]): Promise<void> => {
    for (const path of paths) {
      await page.goto(`http://127.0.0.1:${venue.edgePort}${path}`);
      await page.locator("table, [role=listbox], form").first().waitFor();
      found.push(...(await axeInBothThemes(page)).map((line) => `${path}: ${line}`));
    }
  };
  await visit(traderPages);
  await page.context().clearCookies();
  await visit(["/sign-in"]);
  await signIn(page, await venue.makePerson("bench-admin"));
  await visit(adminPages);
  return found;
}
