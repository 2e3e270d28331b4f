import { ask } from "../venue/http.ts";

const BASE = "/admin/v1";

export interface LiveNode {
  readonly name: string;
  readonly region: string;
  readonly version: string;
  readonly state: string;
  readonly reasons: readonly string[];
  readonly load: number;
  readonly startedAt: string;
  readonly position: number;
  readonly lagMs: number;
  readonly stateHash: string;
  readonly commandsApplied: number;
  readonly peersAgreeing: number;
  readonly peersDisagreeing: number;
  readonly requestsPerSecond: number;
  readonly latencyMs: { readonly p50: number; readonly p99: number } | null;
}
export interface SilentNode {
  readonly name: string;
  readonly region: string;
  readonly state: "silent";
  readonly reasons: readonly string[];
}
export type VenueNode = LiveNode | SilentNode;

export function isLive(node: VenueNode): node is LiveNode {
  return node.state !== "silent";
}

export type StateOfMarket = "trading" | "halt" | "cancel-only" | "post-only" | "auction";
export interface AdminMarket {
  readonly id: number;
  readonly symbol: string;
  readonly state: StateOfMarket;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  readonly tickSize: string;
  readonly lotSize: string;
  readonly minNotional: string;
  readonly makerFee: string;
  readonly takerFee: string;
}
export type NewMarket = Omit<AdminMarket, "id" | "state"> & {
  readonly minPrice: string;
  readonly maxPrice: string;
  readonly minQuantity: string;
  readonly maxQuantity: string;
  readonly maxMarketQuantity: string;
};

export interface AccountFlags {
  readonly noTrading: boolean;
  readonly noWithdrawals: boolean;
  readonly noDeposits: boolean;
  readonly frozen: boolean;
  readonly mayOverdraw: boolean;
}
export interface AdminAccount {
  readonly id: number;
  readonly label: string;
  readonly flags: AccountFlags;
  readonly tier: number;
  readonly openOrders: number;
}
export interface AccountWithBalances extends AdminAccount {
  readonly balances: readonly {
    readonly asset: string;
    readonly available: string;
    readonly held: string;
  }[];
}

export interface Person {
  readonly name: string;
  readonly role: "trader" | "administrator";
  readonly account: number | null;
  readonly hasSecondFactor: boolean;
  readonly openSessions: number;
  readonly createdAt: string;
}

export interface TrailEntry {
  readonly time: string;
  readonly node: string;
  readonly by: string;
  readonly address: string;
  readonly route: string;
  readonly target: Readonly<Record<string, string | number | boolean>>;
  readonly outcome: string;
  readonly position: number | null;
  readonly requestId: string;
}

export function fetchNodes(): Promise<{ readonly nodes: readonly VenueNode[] }> {
  return ask("GET", `${BASE}/nodes`);
}
export function steer(node: string, act: "drain" | "undrain"): Promise<unknown> {
  return ask("POST", `${BASE}/nodes/${node}/${act}`);
}
export function fetchTrail(): Promise<{
  readonly entries: readonly TrailEntry[];
  readonly silent: readonly string[];
}> {
  return ask("GET", `${BASE}/trail`, { query: { limit: 200 } });
}

export function fetchAdminMarkets(): Promise<readonly AdminMarket[]> {
  return all("/markets", "markets");
}
export function createMarket(market: NewMarket): Promise<unknown> {
  return ask("POST", `${BASE}/markets`, { body: market });
}
export function setMarketState(symbol: string, state: StateOfMarket): Promise<unknown> {
  return ask("PUT", `${BASE}/markets/${encodeURIComponent(symbol)}/state`, { body: { state } });
}
export function setMarketFees(
  symbol: string,
  fees: { readonly makerFee: string; readonly takerFee: string },
): Promise<unknown> {
  return ask("PUT", `${BASE}/markets/${encodeURIComponent(symbol)}/fees`, { body: fees });
}

export function fetchAccounts(after?: number) {
  return ask<{ readonly accounts: readonly AdminAccount[]; readonly next: number | null }>(
    "GET",
    `${BASE}/accounts`,
    { query: { limit: 100, after } },
  );
}
export function fetchAccount(id: number): Promise<AccountWithBalances> {
  return ask("GET", `${BASE}/accounts/${id}`);
}
export function createAccount(label: string): Promise<{ readonly id: number }> {
  return ask("POST", `${BASE}/accounts`, { body: { label } });
}
export function setFlags(id: number, flags: AccountFlags): Promise<unknown> {
  return ask("PUT", `${BASE}/accounts/${id}/flags`, { body: flags });
}

export function fetchPeople(): Promise<readonly Person[]> {
  return all("/people", "people");
}
export function createPerson(person: {
  readonly name: string;
  readonly role: Person["role"];
  readonly account?: number;
}): Promise<{ readonly name: string; readonly password: string }> {
  return ask("POST", `${BASE}/people`, { body: person });
}
export function resetPassword(name: string): Promise<{ readonly password: string }> {
  return ask("PUT", `${BASE}/people/${name}/password`, { body: {} });
}
export function endSessions(name: string): Promise<unknown> {
  return ask("DELETE", `${BASE}/people/${name}/sessions`);
}
export function removePerson(name: string): Promise<unknown> {
  return ask("DELETE", `${BASE}/people/${name}`);
}

/** All pages of a list. */
async function all<T>(path: string, name: string): Promise<readonly T[]> {
  const items: T[] = [];
  let after: string | number | undefined;
  do {
    const query = { limit: 1000, after };
    const page = await ask<Record<string, unknown>>("GET", BASE + path, { query });
    items.push(...(page[name] as T[]));
    after = (page["next"] as string | number | null) ?? undefined;
  } while (after !== undefined);
  return items;
}
