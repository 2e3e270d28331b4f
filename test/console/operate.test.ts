import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { type Person, startVenueProcess, type VenueProcess } from "../venue-process.ts";
import { axeInBothThemes } from "./axe.ts";
import { type Browser, chromiumMissing, startBrowser } from "./browser.ts";
import { notice, place, signIn } from "./page.ts";

const skip = chromiumMissing;
let venue: VenueProcess;
let browser: Browser;
let admin: Person;
let trader: Person;
let account: number;

before(async () => {
  if (skip !== false) return;
  venue = await startVenueProcess();
  account = (await venue.makeTrader("<img src=x onerror=alert(1)>", { BTC: "10" })).account;
  trader = await venue.makePerson("trader-1", account);
  admin = await venue.makePerson("ops");
  browser = await startBrowser(`http://127.0.0.1:${venue.edgePort}`);
});

after(async () => {
  await browser?.close();
  await venue?.stop();
});

let page: Page;

const row = (name: RegExp) => page.getByRole("row", { name });
async function goTo(part: string): Promise<void> {
  await page.getByRole("navigation", { name: "Operate" }).getByRole("link", { name: part }).click();
}
async function confirm(button: string): Promise<void> {
  await page.getByRole("dialog").getByRole("button", { name: button, exact: true }).click();
}
async function prove(): Promise<void> {
  const proof = page.getByRole("dialog", { name: "Is it you?" });
  await proof.getByLabel("Password").fill(admin.password);
  await proof.getByRole("button", { name: "Go on" }).click();
  await proof.waitFor({ state: "detached" });
}

test("an administrator sees every node, and that their states agree", { skip }, async () => {
  page = await browser.open("/operate");
  await page.getByRole("link", { name: "Sign in as an administrator" }).click();
  await page.getByLabel("Name").fill(admin.name);
  await page.getByLabel("Password").fill(admin.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("3 of 3 nodes ready, in 3 regions").waitFor();
  for (const name of ["eu-1", "us-1", "ap-1"]) {
    await row(new RegExp(` ${name} ready .* agrees with \\d`)).waitFor();
  }
  assert.deepEqual(await axeInBothThemes(page), []);
});

test("a node is drained after a fresh proof, says so, and takes traffic again", {
  skip,
}, async () => {
  await page.getByRole("button", { name: "Drain us-1" }).click();
  await page.getByText("npx halcyon drain us-1").waitFor();
  await confirm("Drain");
  await prove();
  await row(/ us-1 draining/).waitFor();
  await page.getByText("2 of 3 nodes ready").waitFor();
  await page.getByRole("button", { name: "Undrain us-1" }).click();
  await confirm("Undrain");
  await row(/ us-1 ready/).waitFor();
});

test("a market is halted and resumed, and its fees are set", { skip }, async () => {
  await goTo("Markets");
  await page.getByRole("button", { name: "Halt: BTCUSDT" }).click();
  await page.getByText("npx halcyon market halt BTCUSDT").waitFor();
  await confirm("Halt");
  await row(/^BTCUSDT Halted/).waitFor();
  const markets = (await venue.admin("GET", "/markets"))["markets"] as { state: string }[];
  assert.equal(markets[0]?.state, "halt");
  assert.deepEqual(await axeInBothThemes(page), []);
  await page.getByRole("button", { name: "Resume: BTCUSDT" }).click();
  await confirm("Resume");
  await row(/^BTCUSDT Trading/).waitFor();
  await page.getByRole("button", { name: "Fees of BTCUSDT" }).click();
  await page.getByRole("dialog").getByLabel("Taker fee").fill("0.002");
  await page.getByRole("dialog").getByRole("button", { name: "Set the fees" }).click();
  await row(/^BTCUSDT Trading .* 0\.002/).waitFor();
});

test("a market is created, and what the venue refuses is said", { skip }, async () => {
  await page.getByRole("button", { name: "Create a market" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Symbol").fill("BTCEURC");
  await form.getByLabel("Base asset").fill("BTC");
  await form.getByLabel("Quote asset").fill("EURC");
  await form.getByRole("button", { name: "Create a market" }).click();
  await form
    .getByRole("alert")
    .filter({ hasText: /cannot be taken|asset/ })
    .waitFor();
  await form.getByRole("button", { name: "Back" }).click();
});

test("an account with a hostile label is shown as text, and frozen and thawed", {
  skip,
}, async () => {
  await goTo("Accounts");
  await row(/<img src=x onerror=alert\(1\)> everything/).waitFor();
  await page.getByRole("button", { name: `Freeze account ${account}` }).click();
  await confirm("Freeze");
  await row(/nothing: frozen/).waitFor();
  assert.deepEqual(await axeInBothThemes(page), []);
  await page.getByRole("button", { name: `Thaw account ${account}` }).click();
  await confirm("Thaw");
  await row(/<img src=x onerror=alert\(1\)> everything/).waitFor();
  await page.getByRole("button", { name: `Balances of ${account}` }).click();
  const balances = page.getByRole("region", { name: `Balances of ${account}` });
  await balances.getByRole("row", { name: "BTC 10 0" }).waitFor();
});

test("a person is added with a password that signs in, and removed", { skip }, async () => {
  await goTo("People");
  await page.getByRole("button", { name: "Add a person" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Name").fill("new-one");
  await form.getByLabel("Account").fill(String(account));
  await form.getByRole("button", { name: "Add a person" }).click();
  const shown = page.getByRole("dialog", { name: "Password" });
  const password = String(await shown.getByTestId("Password").textContent());
  await shown.getByRole("button", { name: "I have passed it on" }).click();
  const signedIn = await fetch(`http://127.0.0.1:${venue.edgePort}/people/v1/sessions`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-requested-with": "test" },
    body: JSON.stringify({ name: "new-one", password }),
  });
  assert.equal(signedIn.status, 201);
  await page.getByRole("button", { name: "Remove: new-one" }).click();
  await confirm("Remove");
  await row(/^new-one/).waitFor({ state: "detached" });
  assert.deepEqual(await axeInBothThemes(page), []);
});

test("the trail says who did what", { skip }, async () => {
  await goTo("Audit trail");
  await row(/person:ops PUT \/markets\/\{symbol\}\/state .*BTCUSDT.* done/)
    .first()
    .waitFor();
  await row(/person:ops POST \/nodes\/\{name\}\/drain node us-1, act drain done/).waitFor();
  await row(/person:ops DELETE \/people\/\{name\} person new-one done/).waitFor();
  // So low that the table scrolls: then it has to be within reach of the keyboard.
  await page.setViewportSize({ width: 1440, height: 400 });
  assert.deepEqual(await axeInBothThemes(page), []);
  await page.setViewportSize({ width: 1440, height: 900 });
  assert.deepEqual(browser.complaints, []);
});

test("on a phone nothing of these pages is wider than the screen", { skip }, async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of ["", "/markets", "/accounts", "/people", "/trail"]) {
    await page.goto(`http://127.0.0.1:${venue.edgePort}/operate${path}`);
    await page.getByRole("table").first().waitFor();
    const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
    assert.equal(overflow, 0, path);
  }
  await page.close();
});

test("a trader sees none of it, and a halt as what it is", { skip }, async () => {
  await browser.context.clearCookies();
  page = await browser.open("/trade/BTC-USDT");
  await signIn(page, trader);
  assert.equal(await page.getByRole("link", { name: "Operate" }).count(), 0);
  await venue.admin("PUT", "/markets/BTCUSDT/state", { state: "halt" });
  await place(page, "Sell", "61000", "0.1");
  await notice(page, /Market is closed|halted/i).waitFor();
  await venue.admin("PUT", "/markets/BTCUSDT/state", { state: "trading" });
});
