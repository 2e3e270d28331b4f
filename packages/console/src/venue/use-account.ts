import { Account } from "./account.ts";
import { webSocketUrl } from "./connection.ts";
import { session } from "./session.ts";
import { createStore, useStore } from "./store.ts";

/** The account of who is signed in; null: nobody is, or has none. */
const account = createStore<Account | null>(null);

let openNumber: number | null = null;

function follow(): void {
  const state = session.get();
  const number = state.phase === "signed-in" ? state.session.person.account : null;
  if (number === openNumber) return;
  openNumber = number;
  account.get()?.close();
  account.set(number === null ? null : new Account(webSocketUrl("/ws-api/v3")));
}

session.subscribe(follow);
// Who was signed in before this was loaded is, too.
follow();

export function useAccount(): Account | null {
  return useStore(account);
}
