import { ask } from "../venue/http.ts";

const BASE = "/people/v1";

export interface OpenSession {
  readonly id: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly address: string;
  readonly userAgent: string;
  readonly isCurrent: boolean;
}
export type KeyKind = "hmac-sha256" | "ed25519" | "rsa";
export type Permission = "read" | "trade" | "withdraw";
export interface ApiKey {
  readonly name: string;
  readonly kind: KeyKind;
  readonly permissions: readonly Permission[];
  readonly label: string;
  readonly allowedAddresses: readonly string[];
  readonly createdAt: string;
}
export interface NewKey {
  readonly kind: KeyKind;
  readonly label: string;
  readonly permissions: readonly Permission[];
  readonly allowedAddresses: readonly string[];
  readonly publicKey?: string;
}
export interface BalanceEntry {
  readonly position: number;
  readonly time: string | null;
  readonly available: string;
  readonly held: string;
}

export async function fetchSessions(): Promise<readonly OpenSession[]> {
  const { sessions } = await ask<{ readonly sessions: readonly OpenSession[] }>(
    "GET",
    `${BASE}/sessions`,
  );
  return sessions;
}
export function endSession(id: string): Promise<unknown> {
  return ask("DELETE", `${BASE}/sessions/${id}`);
}
export function changePassword(next: string): Promise<unknown> {
  return ask("PUT", `${BASE}/password`, { body: { next } });
}

export interface FactorSetup {
  readonly secret: string;
  readonly uri: string;
  readonly setup: string;
}
export function prepareFactor(): Promise<FactorSetup> {
  return ask("POST", `${BASE}/totp`);
}
export function setFactor(setup: string, code: string): Promise<unknown> {
  return ask("PUT", `${BASE}/totp`, { body: { setup, code } });
}
export function removeFactor(): Promise<unknown> {
  return ask("DELETE", `${BASE}/totp`);
}

export async function fetchKeys(): Promise<readonly ApiKey[]> {
  const { keys } = await ask<{ readonly keys: readonly ApiKey[] }>("GET", `${BASE}/keys`, {
    query: { limit: 1000 },
  });
  return keys;
}
export function makeKey(key: NewKey): Promise<ApiKey & { readonly secret?: string }> {
  return ask("POST", `${BASE}/keys`, { body: key });
}
export function revokeKey(name: string): Promise<unknown> {
  return ask("DELETE", `${BASE}/keys/${name}`);
}

export interface Statement {
  readonly entries: readonly BalanceEntry[];
  /** Whether it goes back to the beginning. */
  readonly complete: boolean;
}

/** All that the venue keeps of how a balance changed, oldest first. */
export async function fetchStatement(asset: string): Promise<Statement> {
  const entries: BalanceEntry[] = [];
  let after: number | null = null;
  let complete = true;
  do {
    const page: Statement & { readonly next: number | null } = await ask(
      "GET",
      `${BASE}/balances/${asset}/history`,
      { query: { limit: 1000, after: after ?? undefined } },
    );
    entries.push(...page.entries);
    complete = page.complete;
    after = page.next;
  } while (after !== null);
  return { entries, complete };
}
