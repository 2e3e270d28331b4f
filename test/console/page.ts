import type { Locator, Page } from "playwright-core";
import type { Person } from "../venue-process.ts";

/** What people find on the trade page. */
export const ladder = (page: Page): Locator => page.getByRole("listbox", { name: /Order book/ });
export const level = (page: Page, price: string): Locator =>
  ladder(page).getByRole("option", { name: new RegExp(`at ${price.replace(".", "\\.")} ?,`) });
export const openOrders = (page: Page): Locator =>
  page.getByRole("table", { name: /Open orders/ }).locator("tbody tr");
export const notice = (page: Page, text: string | RegExp): Locator =>
  page.locator(".notice").filter({ hasText: text }).first();

/** By the link of the page that is shown, unless somebody is signed in already. */
export async function signIn(page: Page, { name, password }: Person): Promise<void> {
  const signedIn = page.getByRole("button", { name: `Signed in as ${name}` });
  const link = page.getByRole("link", { name: "Sign in", exact: true });
  await signedIn.or(link).waitFor();
  if (await signedIn.isVisible()) return;
  await link.click();
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await signedIn.waitFor();
}

export async function place(page: Page, side: "Buy" | "Sell", price: string, quantity: string) {
  await page.getByRole("button", { name: side, exact: true }).click();
  await page.getByLabel("Price", { exact: true }).fill(price);
  await page.getByLabel("Quantity", { exact: true }).fill(quantity);
  await page.getByRole("button", { name: `${side} ${quantity} BTC` }).click();
}
