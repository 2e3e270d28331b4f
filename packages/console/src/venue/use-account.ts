import { Account } from "./account.ts";
import { webSocketUrl } from "./connection.ts";
import { session } from "./session.ts";
import { createStore, useStore } from "./store.ts";

/** The account of who is signed in; null: nobody is. */
const account = createStore<Account | null>(null);

function follow(): void {
  const state = session.get();
  account.get()?.close();
  const url = webSocketUrl("/ws-api/v3");
  account.set(state.phase === "signed-in" ? new Account(url, state.session.signer) : null);
}

session.subscribe(follow);
// Who was signed in before this was loaded is, too.
follow();

export function useAccount(): Account | null {
  return useStore(account);
}
