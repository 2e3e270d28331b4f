import { setTimeout as delay } from "node:timers/promises";
import { ApiError } from "./api-error.ts";

const pauseMinMs = 250;
const pauseMaxMs = 10_000;

export type LoopOptions = {
  readonly everyMs: number;
  readonly signal: AbortSignal;
  readonly step: () => Promise<void>;
  /** Called before each pause that a failure causes. */
  readonly onFailure: (error: Error) => void;
};

/**
 * Steps one after the other, never closer together than `everyMs`. After a failure it waits: as long
 * as the answer says, else twice as long each time.
 */
export async function loop({ everyMs, signal, step, onFailure }: LoopOptions): Promise<void> {
  let pauseMs = pauseMinMs;
  while (!signal.aborted) {
    const startMs = performance.now();
    let waitMs: number;
    try {
      await step();
      pauseMs = pauseMinMs;
      waitMs = everyMs - (performance.now() - startMs);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      onFailure(error);
      waitMs = Math.max(pauseMs, error instanceof ApiError ? error.retryAfterMs : 0);
      pauseMs = Math.min(pauseMaxMs, pauseMs * 2);
    }
    // The only rejection is the abort, which the loop's condition sees.
    await delay(Math.max(0, waitMs), undefined, { signal }).catch(() => undefined);
  }
}
