import { Account } from "./account.ts";
import { webSocketUrl } from "./connection.ts";
import { session } from "./session.ts";
import { createStore, useStore } from "./store.ts";

/** The account of who is signed in; null: nobody is, or has none. */
export const account = createStore<Account | null>(null);

let of: number | null = null;
session.subscribe(() => {
  const state = session.get();
  const next = state.phase === "signed-in" ? state.session.person.account : null;
  if (next === of) return;
  of = next;
  account.get()?.close();
  account.set(next === null ? null : new Account(webSocketUrl("/ws-api/v3")));
});

export function useAccount(): Account | null {
  return useStore(account);
}
