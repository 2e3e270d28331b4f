import { type Place, pidsIn } from "@halcyon/fleet";

/** SIGSTOP, SIGCONT or SIGKILL for everything that runs in a place. */
export async function signalAll(place: Place, signal: NodeJS.Signals): Promise<void> {
  for (const pid of await pidsIn(place.namespace)) signalOne(pid, signal);
}

export function signalOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
