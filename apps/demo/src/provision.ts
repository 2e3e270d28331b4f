import { randomUUID } from "node:crypto";
import type { AdminClient } from "./admin-client.ts";
import type { ApiKey } from "./signed.ts";

export type Funds = Readonly<Record<string, number>>;

type Account = { readonly id: number; readonly label: string };
type Balance = { readonly asset: string; readonly available: string; readonly held: string };

const keyLabel = "demo traders";

/**
 * An account with money and a key, found by its label or made. Secrets are shown once and kept
 * nowhere, so each start makes a new key and revokes those of earlier starts.
 */
export async function provision(admin: AdminClient, label: string, funds: Funds): Promise<ApiKey> {
  const account = await findOrCreate(admin, label);
  await topUp(admin, account, funds);
  const keys = (await admin.get(`/accounts/${account}/keys?limit=1000`)) as {
    keys: { name: string; label: string }[];
  };
  for (const { name } of keys.keys.filter((key) => key.label === keyLabel)) {
    await admin.delete(`/keys/${name}`);
  }
  const asked = { kind: "hmac-sha256", permissions: ["read", "trade"], label: keyLabel };
  const made = (await admin.post(`/accounts/${account}/keys`, asked, randomUUID())) as {
    name: string;
    secret: string;
  };
  return { name: made.name, secret: made.secret };
}

/** Demo accounts are made when a venue is new, so the first page of accounts holds them. */
async function findOrCreate(admin: AdminClient, label: string): Promise<number> {
  const page = (await admin.get("/accounts?limit=1000")) as { accounts: Account[] };
  const found = page.accounts.find((account) => account.label === label);
  if (found !== undefined) return found.id;
  return ((await admin.post("/accounts", { label }, randomUUID())) as Account).id;
}

/** Deposits up to the wanted amount where less than half of it is left. */
async function topUp(admin: AdminClient, account: number, funds: Funds): Promise<void> {
  const shown = (await admin.get(`/accounts/${account}`)) as { balances: Balance[] };
  for (const [asset, wanted] of Object.entries(funds)) {
    const balance = shown.balances.find((b) => b.asset === asset);
    const has = Number(balance?.available ?? 0) + Number(balance?.held ?? 0);
    if (has >= wanted / 2) continue;
    const amount = String(Math.ceil(wanted - has));
    await admin.post("/deposits", { account, asset, amount, network: "DEMO" }, randomUUID());
  }
}
