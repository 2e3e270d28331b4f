import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { command } from "@halcyon/fleet";
import { signalOne } from "./processes.ts";

const sizeMib = 512;
const unmountWithinMs = 20_000;
const lookAgainMs = 100;
const fillerName = "filler";

/**
 * Puts a folder on a small file system of its own, with what it holds, so that it can run full
 * without anybody else. Nothing may write to it meanwhile.
 */
export async function isolateDisk(folder: string): Promise<void> {
  const kept = `${folder}.kept`;
  await command("mv", folder, kept);
  await command("mkdir", "-m", "700", folder);
  await command("mount", "-t", "tmpfs", "-o", `size=${sizeMib}m,mode=700`, "tmpfs", folder);
  await command("cp", "-a", `${kept}/.`, folder);
  await command("rm", "-rf", kept);
}

/** Takes back what `isolateDisk` did. */
export async function returnDisk(folder: string): Promise<void> {
  const kept = `${folder}.kept`;
  await command("cp", "-a", folder, kept);
  await unmount(folder);
  await command("rmdir", folder);
  await command("mv", kept, folder);
}

/** A process that has ended holds its files for a moment longer. */
async function unmount(folder: string): Promise<void> {
  const deadline = performance.now() + unmountWithinMs;
  for (;;) {
    try {
      await command("umount", folder);
      return;
    } catch (error) {
      if (performance.now() > deadline || !/busy/.test(String(error))) throw error;
      await delay(lookAgainMs);
    }
  }
}

/** Leaves not a byte free. */
export async function fillDisk(folder: string): Promise<void> {
  // It ends with "no space left", which is what it is for.
  const everything = ["if=/dev/zero", `of=${join(folder, fillerName)}`, "bs=64k"];
  await command("dd", ...everything).catch(() => {});
}

export function freeDisk(folder: string): void {
  rmSync(join(folder, fillerName), { force: true });
}

/** Every fdatasync of a process takes this much longer, by its tracer, until that is stopped. */
export async function slowDisk(pid: number, delayMs: number): Promise<() => Promise<void>> {
  const inject = `inject=fdatasync,fsync:delay_exit=${delayMs * 1_000}`;
  const args = ["-f", "-q", "-e", "trace=fdatasync,fsync", "-e", inject, "-o", "/dev/null"];
  const tracer = spawn("strace", [...args, "-p", String(pid)], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => tracer.once("exit", () => resolve()));
  return async () => {
    // It detaches at this signal and leaves the process as it was.
    if (tracer.pid !== undefined) signalOne(tracer.pid, "SIGINT");
    await ended;
  };
}
