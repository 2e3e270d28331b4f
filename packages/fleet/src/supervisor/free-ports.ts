import { randomInt } from "node:crypto";
import { createServer } from "node:net";

// Below the range from which systems take ports for outgoing connections (Linux: 32768 and up), so
// that a process that is started again finds its port as it left it.
const rangeStart = 20_000;
const rangeEnd = 32_000;
const attemptsMax = 1_000;

/** Loopback ports that nobody listens on, from random places so that several venues rarely meet. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  for (let attempt = 0; ports.size < count; attempt++) {
    if (attempt === attemptsMax) {
      throw new Error(
        `No ${count} free ports from ${rangeStart} to ${rangeEnd}: stop other programs.`,
      );
    }
    const port = randomInt(rangeStart, rangeEnd);
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
