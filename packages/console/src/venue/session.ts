import { ask, onUnauthorized, VenueError } from "./http.ts";
import { createStore } from "./store.ts";

export interface Session {
  readonly id: string;
  readonly person: {
    readonly name: string;
    readonly role: "trader" | "administrator";
    /** null: the person has none, as administrators. */
    readonly account: number | null;
    readonly hasSecondFactor: boolean;
  };
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** Until when sensitive acts need no second proof. */
  readonly elevatedUntilMs: number | null;
}

export type SessionState =
  | { readonly phase: "unknown" }
  | { readonly phase: "signed-out"; readonly hasExpired: boolean }
  | { readonly phase: "signed-in"; readonly session: Session };

/** Who is signed in here. */
export const session = createStore<SessionState>({ phase: "unknown" });

const BASE = "/people/v1";
/** A session lives for a quarter of an hour: it is renewed while the page is open. */
const RENEWAL_INTERVAL_MS = 5 * 60_000;
const RETRY_MS = 2_000;

let isBegun = false;

/** Asks who is signed in, and keeps the session alive while the page is. */
export function beginSession(): void {
  if (isBegun) return;
  isBegun = true;
  void lookAgain();
  setInterval(() => void renew(), RENEWAL_INTERVAL_MS);
  onUnauthorized(() => {
    if (session.get().phase === "signed-in") void lookAgain();
  });
}

/** `code` is that of the second factor, for people who have one. */
export async function signIn(name: string, password: string, code?: string): Promise<void> {
  const body = { name, password, ...(code === undefined ? {} : { code }) };
  enter(await ask<Session>("POST", `${BASE}/sessions`, { body }));
}

export async function signOut(): Promise<void> {
  await ask("DELETE", `${BASE}/session`);
  session.set({ phase: "signed-out", hasExpired: false });
}

/** Proves once more who is there, for sensitive acts: a code, or the password of who has none. */
export async function elevate(proof: { password: string } | { code: string }): Promise<void> {
  enter(await ask<Session>("POST", `${BASE}/session/second-factor`, { body: proof }));
}

/** Asks the venue who is signed in, and as what. */
export async function lookAgain(): Promise<void> {
  try {
    enter(await ask<Session>("GET", `${BASE}/session`));
  } catch (error) {
    if (!(error instanceof VenueError)) throw error;
    if (error.isOutcomeUnknown) setTimeout(() => void lookAgain(), RETRY_MS);
    else leave();
  }
}

async function renew(): Promise<void> {
  if (session.get().phase !== "signed-in") return;
  try {
    enter(await ask<Session>("POST", `${BASE}/session/renewal`));
  } catch (error) {
    if (!(error instanceof VenueError)) throw error;
    if (!error.isOutcomeUnknown) await lookAgain();
  }
}

function enter(next: Session): void {
  session.set({ phase: "signed-in", session: next });
}

function leave(): void {
  session.set({ phase: "signed-out", hasExpired: session.get().phase === "signed-in" });
}
