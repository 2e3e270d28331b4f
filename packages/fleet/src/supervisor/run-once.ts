import { spawn } from "node:child_process";

const outputCharsMax = 16_384;

export type RunLimits = {
  /** Null: as long as it takes. */
  readonly timeoutMs: number | null;
  readonly signal: AbortSignal;
};

/** Runs a program to its end. Rejects with the end of its output when it fails or takes too long. */
export function runOnce(
  entry: string,
  args: readonly string[],
  { timeoutMs, signal }: RunLimits,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      signal,
      killSignal: "SIGKILL",
    });
    let output = "";
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-outputCharsMax);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const giveUp = () => {
      child.kill("SIGKILL");
      reject(new Error(`${entry} did not end within ${timeoutMs} ms:\n${output}`));
    };
    const timer = timeoutMs === null ? undefined : setTimeout(giveUp, timeoutMs);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(output);
      else reject(new Error(`${entry} failed (${signal ?? `exit code ${code}`}):\n${output}`));
    });
  });
}
