import { useSyncExternalStore } from "react";

/** A value that changes outside of React, as fast as it likes. */
export interface Store<T> {
  get(): T;
  set(next: T): void;
  subscribe(listener: () => void): () => void;
}

/**
 * Listeners hear of changes at most once a frame: a market that moves a thousand times a second
 * costs no more drawing than a screen can show.
 */
export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  let isDue = false;
  const listeners = new Set<() => void>();
  const tell = (): void => {
    isDue = false;
    for (const listener of [...listeners]) listener();
  };
  return {
    get: () => value,
    set: (next) => {
      if (Object.is(value, next)) return;
      value = next;
      if (isDue) return;
      isDue = true;
      onFrame(tell);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Frames stop in a tab that nobody sees; what happens there shall be known all the same. */
function onFrame(work: () => void): void {
  if (typeof requestAnimationFrame === "function" && document.visibilityState === "visible") {
    requestAnimationFrame(work);
  } else setTimeout(work, 100);
}

export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}
