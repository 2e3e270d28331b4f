import { useEffect, useState } from "react";
import type { Account } from "./account.ts";

const CALM_MS = 1_000;

/** Grows when something has happened to the account, at most once a second however much happens. */
export function useCalmChanges(account: Account): number {
  const [count, setCount] = useState(account.changes.get());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = account.changes.subscribe(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setCount(account.changes.get());
      }, CALM_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [account]);
  return count;
}
