import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { Secret, TOTP } from "otpauth";
import type { Page } from "playwright-core";
import { type Person, startVenueProcess, type VenueProcess } from "../venue-process.ts";
import { axeInBothThemes } from "./axe.ts";
import { type Browser, chromiumMissing, startBrowser } from "./browser.ts";
import { notice, signIn } from "./page.ts";

const skip = chromiumMissing;
let venue: VenueProcess;
let browser: Browser;
let own: Person;

before(async () => {
  if (skip !== false) return;
  venue = await startVenueProcess();
  const trader = await venue.makeTrader("own", { USDT: "1000000", BTC: "100" });
  own = await venue.makePerson("own", trader.account);
  browser = await startBrowser(`http://127.0.0.1:${venue.edgePort}`);
});

after(async () => {
  await browser?.close();
  await venue?.stop();
});

let page: Page;

function codeOf(secret: string, stepsAhead = 0): string {
  const timestamp = Date.now() + stepsAhead * 30_000;
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp });
}

test("the way to one's own pages leads over signing in, and back", { skip }, async () => {
  page = await browser.open("/account/security");
  await page.getByRole("link", { name: "Sign in to see your account" }).click();
  await page.getByLabel("Name").fill(own.name);
  await page.getByLabel("Password").fill(own.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/account/security");
  await page.getByText("this one").waitFor();
  assert.deepEqual(await axeInBothThemes(page), []);
});

test("a key is made after a fresh proof, shown once, used, and revoked", { skip }, async () => {
  await page.getByRole("link", { name: "API keys" }).click();
  await page.getByRole("button", { name: "Make a key" }).click();
  const form = page.getByRole("dialog", { name: "Make a key" });
  await form.getByLabel("Label").fill("bot");
  await form.getByRole("button", { name: "Make a key" }).click();
  const proof = page.getByRole("dialog", { name: "Is it you?" });
  await proof.getByLabel("Password").fill("wrong");
  await proof.getByRole("button", { name: "Go on" }).click();
  await proof.getByText("Name, password or code is wrong").waitFor();
  await proof.getByLabel("Password").fill(own.password);
  await proof.getByRole("button", { name: "Go on" }).click();
  const made = page.getByRole("dialog", { name: "The new key" });
  const apiKey = String(await made.getByTestId("API key").textContent());
  const secret = String(await made.getByTestId("Secret").textContent());
  await made.getByRole("button", { name: "I have kept it" }).click();
  const ask = () => {
    const query = `timestamp=${Date.now()}`;
    const signature = createHmac("sha256", secret).update(query).digest("hex");
    const url = `http://127.0.0.1:${venue.edgePort}/api/v3/account?${query}&signature=${signature}`;
    return fetch(url, { headers: { "x-mbx-apikey": apiKey } });
  };
  assert.equal((await ask()).status, 200);
  assert.equal(await page.getByText(secret).count(), 0);
  assert.deepEqual(await axeInBothThemes(page), []);
  await page.getByRole("button", { name: "Revoke bot" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("cell", { name: "bot", exact: true }).waitFor({ state: "detached" });
  assert.equal((await ask()).status, 401);
});

test("the wallet tells what there is, how it changed, and takes money out", { skip }, async () => {
  await page.getByRole("link", { name: "Wallet" }).click();
  const row = page.getByRole("row", { name: /BTC 100 0 100/ });
  await row.getByRole("button", { name: "Withdraw BTC" }).click();
  const form = page.getByRole("dialog", { name: "Withdraw BTC" });
  await form.getByLabel("Amount").fill("101");
  await form.getByText("More than is free.").waitFor();
  await form.getByLabel("Amount").fill("2.5");
  await form.getByLabel("To address").fill("somewhere-else");
  await form.getByRole("button", { name: "Withdraw 2.5 BTC" }).click();
  await notice(page, "Withdrawn: 2.5 BTC").waitFor();
  await page.getByRole("row", { name: /Withdrawal −2.5 BTC somewhere-else/ }).waitFor();
  await page.getByRole("row", { name: /BTC 97.5 0 97.5/ }).waitFor();
  await page.getByRole("button", { name: "Statement of BTC" }).click();
  const statement = page.getByRole("region", { name: "Statement of BTC" });
  await statement.getByRole("row", { name: /−2.5 97.5 0 97.5/ }).waitFor();
  assert.deepEqual(await axeInBothThemes(page), []);
  const download = page.waitForEvent("download");
  await statement.getByRole("button", { name: "CSV" }).click();
  const csv = readFileSync(await (await download).path(), "utf8");
  const lines = csv.trimEnd().split("\r\n");
  assert.equal(lines[0], "asset,time,position,change,available,held,total");
  assert.match(lines.at(-1) ?? "", /^BTC,.*,-2\.50000000,97\.50000000,0\.00000000,97\.50000000$/);
});

test("with a second factor, signing in and sensitive acts ask for its code", { skip }, async () => {
  await page.getByRole("link", { name: "Security" }).click();
  await page.getByRole("button", { name: "Set up a second factor" }).click();
  const setup = page.getByRole("dialog", { name: "Set up a second factor" });
  await setup.getByRole("img", { name: "The secret as a QR code" }).waitFor();
  const secret = String(await setup.getByTestId("Or type this secret").textContent());
  await setup.getByLabel("Code of your second factor").fill(codeOf(secret));
  await setup.getByRole("button", { name: "Set it up" }).click();
  await notice(page, "The second factor is set up").waitFor();
  const { context } = await startBrowserOf(venue);
  const elsewhere = await context.newPage();
  await elsewhere.goto(`http://127.0.0.1:${venue.edgePort}/sign-in?from=/account/security`);
  await elsewhere.getByLabel("Name").fill(own.name);
  await elsewhere.getByLabel("Password").fill(own.password);
  await elsewhere.getByRole("button", { name: "Sign in" }).click();
  await elsewhere.getByLabel("Code of your second factor").fill(codeOf(secret, 1));
  await elsewhere.getByRole("button", { name: "Sign in" }).click();
  await elsewhere.getByText("this one").waitFor();

  // Where one is signed in is seen, and ended, from anywhere.
  await page.reload();
  await page.getByRole("button", { name: /^End the session from/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End" }).click();
  await elsewhere.reload();
  await elsewhere.getByRole("link", { name: "Sign in to see your account" }).waitFor();
});

test("who forgot to sign out elsewhere is signed out by a new password", { skip }, async () => {
  const next = "several words in a row";
  await page.getByLabel("New password").fill(next);
  await page.getByLabel("Once more").fill(next);
  await page.getByRole("button", { name: "Change password" }).click();
  await notice(page, "The password is changed").waitFor();
  own = { ...own, password: next };
});

test("signing out leaves nothing of one's own on the page", { skip }, async () => {
  await page.getByRole("button", { name: `Signed in as ${own.name}` }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("link", { name: "Sign in to see your account" }).waitFor();
  assert.deepEqual(browser.complaints, []);
});

test("on a phone nothing of the account pages is wider than the screen", { skip }, async () => {
  const other = await venue.makePerson(
    "other",
    (await venue.makeTrader("o", { BTC: "1" })).account,
  );
  page = await browser.open("/trade", { width: 390, height: 844 });
  await signIn(page, other);
  for (const path of ["/account", "/account/keys", "/account/security"]) {
    await page.goto(`http://127.0.0.1:${venue.edgePort}${path}`);
    await page.getByRole("navigation", { name: "Account" }).waitFor();
    const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
    assert.equal(overflow, 0, path);
  }
});

const others: Browser[] = [];
after(() => Promise.all(others.map((one) => one.close())));

/** Another browser, which knows nothing of the first. */
async function startBrowserOf(of: VenueProcess): Promise<Browser> {
  const started = await startBrowser(`http://127.0.0.1:${of.edgePort}`);
  others.push(started);
  return started;
}
