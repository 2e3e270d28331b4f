/**
 * What a client answers, where its own types are none or say that every field may be missing. The
 * tests compare the values that they read from it.
 */
// biome-ignore lint/suspicious/noExplicitAny: a type of ours would say what the test is there to find out.
export type Any = any;

export type Methods = Readonly<Record<string, (...args: readonly unknown[]) => Any>>;

/** A logger for clients that tell the terminal of everything. */
export const quiet = Object.fromEntries(
  ["trace", "debug", "info", "log", "warn", "error"].map((level) => [level, () => undefined]),
);
