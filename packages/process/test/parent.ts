// A process of the tests that starts a stopper the way a supervisor does, tells its id and lives on.
import { fork } from "node:child_process";
import { join } from "node:path";

const child = fork(join(import.meta.dirname, "stopper.ts"), ["quick"], {
  stdio: ["ignore", "pipe", "inherit", "ipc"],
});
child.stdout?.once("data", () => process.send?.({ pid: child.pid }));
