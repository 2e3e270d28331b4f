import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createLogger, type Logger } from "@halcyon/process";
import { LogFile } from "./log-file.ts";

/** The supervisor's own structured log; the terminal stays for people. */
export function openSupervisorLog(logFolder: string): Logger {
  mkdirSync(logFolder, { recursive: true, mode: 0o700 });
  const file = new LogFile(join(logFolder, "supervisor.log"));
  return createLogger({
    process: "supervisor",
    destination: { write: (line) => file.write(Buffer.from(line)) },
  });
}
