import { onProofNeeded } from "../venue/http.ts";
import { session } from "../venue/session.ts";
import { createStore } from "../venue/store.ts";

/** Told whether the proof was given. */
type Waiting = (isProven: boolean) => void;

/** Who waits for a fresh proof; null: nobody does. */
export const waiting = createStore<Waiting | null>(null);

/** Whoever waits goes on, or gives up. */
export function settle(isProven: boolean): void {
  waiting.get()?.(isProven);
  waiting.set(null);
}

/** Asks for a fresh proof unless one still counts; false: it was not given. */
export function proveFresh(): Promise<boolean> {
  const state = session.get();
  const untilMs = state.phase === "signed-in" ? (state.session.elevatedUntilMs ?? 0) : 0;
  return untilMs - MARGIN_MS > Date.now() ? Promise.resolve(true) : askForProof();
}

const MARGIN_MS = 30_000;

function askForProof(): Promise<boolean> {
  settle(false);
  return new Promise((resolve) => waiting.set(resolve));
}

onProofNeeded(askForProof);
