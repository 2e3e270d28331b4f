/**
 * Time by the clock on the wall, and by that of this thread's processor, which stands still while
 * something else runs there. On a machine with nothing else to do the two agree.
 */
export type Elapsed = { readonly seconds: number; readonly cpuSeconds: number };

export const noTime: Elapsed = { seconds: 0, cpuSeconds: 0 };

/** Starts; the function it returns says how much has passed. */
export function startWatch(): () => Elapsed {
  const cpuFrom = process.threadCpuUsage();
  const from = performance.now();
  return () => {
    const seconds = (performance.now() - from) / 1000;
    const { user, system } = process.threadCpuUsage(cpuFrom);
    return { seconds, cpuSeconds: (user + system) / 1e6 };
  };
}

export function addElapsed(a: Elapsed, b: Elapsed): Elapsed {
  return { seconds: a.seconds + b.seconds, cpuSeconds: a.cpuSeconds + b.cpuSeconds };
}
