import { syncClock } from "./clock.ts";
import { ask, onUnauthorized, signWith, VenueError } from "./http.ts";
import { type Signer, signerOf } from "./signer.ts";
import { createStore } from "./store.ts";

/** Whoever holds an API key that may read and trade. It ends with the page: nothing is kept. */
export interface Session {
  /** Tells keys apart, and gives nothing away. */
  readonly name: string;
  readonly account: number;
  readonly signer: Signer;
}

export type SessionState =
  | { readonly phase: "signed-out"; readonly hasExpired: boolean }
  | { readonly phase: "signed-in"; readonly session: Session };

/** Who is signed in here. */
export const session = createStore<SessionState>({ phase: "signed-out", hasExpired: false });

const NAME_CHARS = 6;

/** Throws a `VenueError` where the venue does not know this key with this secret. */
export async function signIn(apiKey: string, secret: string): Promise<void> {
  const signer = await signerOf(apiKey, secret);
  if (signer === null) {
    throw new VenueError(0, "", "This browser signs only on pages that came by TLS: use https.");
  }
  await syncClock();
  signWith(signer);
  try {
    const query = { omitZeroBalances: "true" };
    const { uid: account } = await ask<{ readonly uid: number }>("GET", "/api/v3/account", {
      query,
    });
    const name = `${apiKey.slice(0, NAME_CHARS)}…`;
    session.set({ phase: "signed-in", session: { name, account, signer } });
  } catch (error) {
    signWith(null);
    throw error;
  }
}

export function signOut(): void {
  leave(false);
}

/** The key was taken back, or lost a permission. */
onUnauthorized(() => {
  if (session.get().phase === "signed-in") leave(true);
});

function leave(hasExpired: boolean): void {
  signWith(null);
  session.set({ phase: "signed-out", hasExpired });
}
