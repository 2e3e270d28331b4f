import { useSyncExternalStore } from "react";
import { texts } from "../texts/texts.ts";
import type { FeedState } from "../venue/feed.ts";
import { type Store, useStore } from "../venue/store.ts";

const TICK_MS = 500;
const listeners = new Set<() => void>();
let nowMs = performance.now();
setInterval(() => {
  nowMs = performance.now();
  for (const listener of listeners) listener();
}, TICK_MS);

/** The page's slow clock, by `performance.now()`. */
export function useNowMs(): number {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => nowMs,
  );
}

/** How old what a panel shows is: its mark differs in shape, not in colour alone. */
export function Age({ feed }: { readonly feed: { readonly state: Store<FeedState> } }) {
  const { phase, changedAtMs } = useStore(feed.state);
  const now = useNowMs();
  const ageMs = changedAtMs === null ? null : Math.max(0, now - changedAtMs);
  return (
    <span className="age" data-phase={phase} title={texts.age.explained}>
      <span className="mark" aria-hidden="true" />
      {ageText(phase, ageMs)}
    </span>
  );
}

function ageText(phase: FeedState["phase"], ageMs: number | null): string {
  if (ageMs === null) return texts.age.starting;
  const age = spanText(ageMs);
  return phase === "stale" ? texts.age.stale(age) : age;
}

export function spanText(spanMs: number): string {
  const seconds = spanMs / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  return `${Math.round(seconds / 60)} min`;
}
