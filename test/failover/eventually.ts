import { setTimeout as delay } from "node:timers/promises";

const lookEveryMs = 20;

/**
 * Asks again and again until the answer is neither null, undefined nor false, and returns it.
 * Fails after the deadline with what was waited for.
 */
export async function eventually<Value>(
  what: string,
  deadlineMs: number,
  ask: () => Value | Promise<Value>,
): Promise<Exclude<Value, null | undefined | false>> {
  const beganMs = performance.now();
  for (;;) {
    const value = await ask();
    if (value !== null && value !== undefined && value !== false) {
      return value as Exclude<Value, null | undefined | false>;
    }
    const waitedMs = Math.round(performance.now() - beganMs);
    if (waitedMs > deadlineMs) throw new Error(`waited ${waitedMs} ms in vain until ${what}`);
    await delay(lookEveryMs);
  }
}
