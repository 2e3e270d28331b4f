import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { crash } from "../failover/processes.ts";
import { type Person, startVenueProcess, type VenueProcess } from "../venue-process.ts";
import { axeInBothThemes } from "./axe.ts";
import { type Browser, chromiumMissing, startBrowser } from "./browser.ts";
import { Counterparty } from "./counterparty.ts";
import { ladder, level, notice, openOrders, place, signIn } from "./page.ts";

const skip = chromiumMissing;
let venue: VenueProcess;
let other: Counterparty;
let browser: Browser;
let own: Person;

before(async () => {
  if (skip !== false) return;
  venue = await startVenueProcess();
  const money = { USDT: "1000000", BTC: "100" };
  other = new Counterparty(venue, await venue.makeTrader("other", money));
  await other.limit("SELL", "61000", "1");
  await other.limit("BUY", "59000", "1");
  browser = await startBrowser(`http://127.0.0.1:${venue.edgePort}`);
  own = await venue.makePerson("own", (await venue.makeTrader("own", money)).account);
});

after(async () => {
  await browser?.close();
  await venue?.stop();
});

/** Each test opens its own; what it does not close lies in the background. */
let page: Page;

test("who comes sees the book, and sees it change", { skip }, async () => {
  page = await browser.open("/");
  await page.waitForURL("**/trade/BTC-USDT");
  await level(page, "61,000.00").waitFor();
  await other.limit("SELL", "60500", "0.25");
  await level(page, "60,500.00").waitFor();
  assert.match(
    (await level(page, "61,000.00").textContent()) ?? "",
    /1.25000/,
    "totals go up from the market",
  );
  await page.getByText("Live · ", { exact: false }).waitFor();
  assert.deepEqual(browser.complaints, []);
  assert.deepEqual(await axeInBothThemes(page), []);
});

test("all that the trade page loads is at most 300 KB, compressed", { skip }, async () => {
  const paths = (await page.evaluate(
    "performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)",
  )) as string[];
  const edge = JSON.parse(readFileSync(join(venue.data, "run", "edge.json"), "utf8"));
  const bytesOf = (path: string) => {
    const file = join(edge.pageFolder, path);
    return statSync(existsSync(`${file}.gz`) ? `${file}.gz` : file).size;
  };
  const assets = new Set(paths.filter((path) => path.startsWith("/assets/")));
  assert.ok(assets.size > 3, "it looked at what was loaded");
  const bytes = [...assets].reduce((sum, path) => sum + bytesOf(path), 0);
  assert.ok(bytes <= 300 * 1024, `${bytes} bytes`);
});

test("nothing moves while the page fills", { skip }, async () => {
  page = await browser.context.newPage();
  await page.addInitScript(
    `addEventListener("load", () => { window.shift = 0; });
     new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shift = (window.shift ?? 0) + entry.value; })
       .observe({ type: "layout-shift", buffered: true });`,
  );
  await page.goto(`http://127.0.0.1:${venue.edgePort}/trade/BTC-USDT`);
  await level(page, "61,000.00").waitFor();
  await page.getByText("Live · ", { exact: false }).waitFor();
  const shift = Number(await page.evaluate("window.shift ?? 0"));
  assert.ok(shift < 0.05, `layout shifted by ${shift}`);
});

test("a wrong password is refused, and says no more than that", { skip }, async () => {
  page = await browser.open("/sign-in");
  assert.deepEqual(await axeInBothThemes(page), []);
  await page.getByLabel("Name").fill(own.name);
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").filter({ hasText: "Name, password or code is wrong" }).waitFor();
});

test("an order is placed, partly filled, changed and cancelled", { skip }, async () => {
  page = await browser.open("/trade/BTC-USDT");
  await signIn(page, own);
  await place(page, "Buy", "59500", "0.5");
  await openOrders(page).first().waitFor();
  assert.match((await openOrders(page).first().textContent()) ?? "", /BTC\/USDTBuyLimit59,500\.00/);
  await other.limit("SELL", "59500", "0.2");
  await notice(page, "Bought 0.2 BTCUSDT at 59,500").waitFor();
  await openOrders(page).filter({ hasText: "0.20000" }).waitFor();

  await page.getByRole("button", { name: /^Change Buy/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Quantity").fill("0.4");
  await dialog.getByText("keeps its place").waitFor();
  await dialog.getByRole("button", { name: "Change" }).click();
  await openOrders(page).filter({ hasText: "0.40000" }).waitFor();

  assert.deepEqual(await axeInBothThemes(page), []);
  await page.getByRole("button", { name: /^Cancel Buy/ }).click();
  await page.getByText("No open orders.").waitFor();
  await page.getByRole("tab", { name: "Order history" }).click();
  await page.getByRole("cell", { name: "Cancelled" }).waitFor();
  await page.getByRole("tab", { name: "Trade history" }).click();
  await page.getByRole("cell", { name: "maker" }).waitFor();
  await page.getByRole("tab", { name: "Balances" }).click();
  await page.getByRole("row", { name: /^BTC 100\.1998/ }).waitFor();
});

test("what the venue would refuse is said beside the field, and not sent", { skip }, async () => {
  page = await browser.open("/trade/BTC-USDT");
  await signIn(page, own);
  await page.getByLabel("Price", { exact: true }).fill("59500.001");
  await page.getByText("Prices move in steps of 0.01.").waitFor();
  await page.getByLabel("Price", { exact: true }).fill("59500");
  await page.getByLabel("Quantity", { exact: true }).fill("100");
  await page.getByText("More than you have", { exact: false }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Buy 100 BTC" }).isEnabled(), false);
});

test("events that are missing are noticed, and the book is fetched anew", { skip }, async () => {
  page = await browser.context.newPage();
  let dropped = 0;
  let isDropping = false;
  await page.routeWebSocket(/\/stream$/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      if (isDropping && String(message).includes("depthUpdate")) {
        isDropping = false;
        dropped += 1;
      } else socket.send(message);
    });
  });
  await page.goto(`http://127.0.0.1:${venue.edgePort}/trade/BTC-USDT`);
  await level(page, "61,000.00").waitFor();
  isDropping = true;
  await other.limit("SELL", "60600", "0.1");
  // Once the one was lost, the next one shows that it is missing.
  while (dropped === 0) await page.waitForTimeout(20);
  await other.limit("SELL", "60700", "0.1");
  await level(page, "60,700.00").waitFor();
  await level(page, "60,600.00").waitFor();
  await page.locator("[data-repairs='1']").waitFor();
});

test("without a mouse: place, move, cancel", { skip }, async () => {
  page = await browser.open("/trade/BTC-USDT");
  await signIn(page, own);
  await level(page, "61,000.00").waitFor();
  const { keyboard } = page;
  await keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
  await keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  // The ladder's cheapest ask, taken as the price of a sale.
  await keyboard.press("l");
  await keyboard.press("ArrowUp");
  await keyboard.press("Enter");
  await keyboard.press("s");
  await page.waitForFunction("document.activeElement?.value === '60500.00'");
  await keyboard.press("Tab");
  await keyboard.type("0.3");
  await keyboard.press("Enter");
  await openOrders(page).filter({ hasText: "60,500.00" }).waitFor();
  await keyboard.press("Escape");
  await keyboard.press("o");
  await keyboard.press("+");
  await openOrders(page).filter({ hasText: "60,500.01" }).waitFor();
  await keyboard.press("o");
  await keyboard.press("Delete");
  await page.getByText("No open orders.").waitFor();
});

test("on a phone everything is within reach", { skip }, async () => {
  page = await browser.open("/trade/BTC-USDT", { width: 390, height: 844 });
  await signIn(page, own);
  const parts = page.getByRole("navigation", { name: "Parts of the page" });
  await parts.getByRole("button", { name: "Book" }).click();
  await level(page, "61,000.00").click();
  await parts.getByRole("button", { name: "Order", exact: true }).click();
  assert.equal(await page.getByLabel("Price", { exact: true }).inputValue(), "61000.00");
  await place(page, "Sell", "62000", "0.1");
  await parts.getByRole("button", { name: "Orders" }).click();
  await page.getByRole("button", { name: /^Cancel Sell/ }).click();
  await page.getByText("No open orders.").waitFor();
  const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
  assert.equal(overflow, 0, "nothing is wider than the screen");
});

test("what a venue may hold at worst is shown as what it is", { skip }, async () => {
  page = await browser.context.newPage();
  await page.route("**/api/v3/exchangeInfo", async (route) => {
    const info = await (await route.fetch()).json();
    const hostile = { ...info.symbols[0], symbol: HOSTILE, baseAsset: HOSTILE };
    await route.fulfill({ json: { ...info, symbols: [...info.symbols, hostile] } });
  });
  await page.route("**/api/v3/openOrders?*", (route) =>
    route.fulfill({ json: Array.from({ length: 10_000 }, (_, at) => openOrder(at + 1)) }),
  );
  await page.route("**/api/v3/account?*", async (route) => {
    const account = await (await route.fetch()).json();
    const most = { asset: HOSTILE, free: "9223372036854775807", locked: "0" };
    const least = { asset: "WEI", free: "0.000000000000000001", locked: "9.223372036854775807" };
    await route.fulfill({ json: { ...account, balances: [most, least] } });
  });
  await page.goto(`http://127.0.0.1:${venue.edgePort}/trade/BTC-USDT`);
  await signIn(page, own);
  await page.getByRole("tab", { name: "Open orders (10000)" }).waitFor();
  await page.getByText("The newest 300 of 10000 are shown.").waitFor();
  await page.getByRole("tab", { name: "Balances" }).click();
  await page.getByText("9,223,372,036,854,775,807").first().waitFor();
  await page.getByText("9.223372036854775808").waitFor();
  await page.getByRole("button", { name: /BTC\/USDT/ }).click();
  await page.getByText(HOSTILE).first().waitFor();
  assert.equal(await page.evaluate("document.images.length"), 1, "the logo alone");
  assert.deepEqual(browser.complaints, []);
  await page.close();
});

test("a venue without markets, and one that does not answer, say so", { skip }, async () => {
  page = await browser.context.newPage();
  await page.route("**/api/v3/exchangeInfo", (route) => route.fulfill({ json: { symbols: [] } }));
  await page.goto(`http://127.0.0.1:${venue.edgePort}/`);
  await page.getByText("This venue has no markets yet.").waitFor();
  await page.unrouteAll();
  await page.route("**/api/v3/**", (route) => route.abort());
  await page.reload();
  await page.getByText("The venue did not answer.").waitFor();
  await page.unrouteAll();
  await page.getByRole("button", { name: "Try again" }).click();
  await level(page, "61,000.00").waitFor();
  await page.close();
});

test("a node dies: the page says so, is fresh again, and trades on", { skip }, async () => {
  page = await browser.open("/trade/BTC-USDT");
  await signIn(page, own);
  await level(page, "61,000.00").waitFor();
  await crash(venue, "eu-1");
  await notice(page, "Connected again").waitFor();
  await place(page, "Buy", "58000", "0.1");
  await openOrders(page).filter({ hasText: "58,000.00" }).waitFor();
  await other.limit("SELL", "60800", "0.1");
  await level(page, "60,800.00").waitFor();
  assert.equal(await ladder(page).count(), 1);
  assert.deepEqual(browser.complaints, []);
});

const HOSTILE = "<img src=x onerror=alert(1)>";

function openOrder(orderId: number): object {
  return {
    ...{ symbol: "BTCUSDT", orderId, orderListId: -1, clientOrderId: `c${orderId}` },
    ...{ price: "100.00", origQty: "1.00000", executedQty: "0.00000", status: "NEW" },
    ...{ cummulativeQuoteQty: "0", timeInForce: "GTC", type: "LIMIT", side: "BUY" },
    ...{ stopPrice: "0", icebergQty: "0", time: 1_700_000_000_000 + orderId },
    ...{ updateTime: 1_700_000_000_000, isWorking: true, workingTime: 1_700_000_000_000 },
    ...{ origQuoteOrderQty: "0", selfTradePreventionMode: "NONE" },
  };
}
