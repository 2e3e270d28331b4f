#!/usr/bin/env node
// Runs a program of this repository under the pinned Node 24, on a machine with any Node from 20 up.
// Installs the packages of package-lock.json first when node_modules is missing or behind it.
// Plain JavaScript without dependencies: it is what runs before anything is installed.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const installLockPath = join(root, ".install.lock");

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

/** npm writes node_modules/.package-lock.json last, so an install that was cut off has none. */
function isInstalled() {
  const wanted = readJson(join(root, "package-lock.json"))?.packages;
  const present = readJson(join(root, "node_modules", ".package-lock.json"))?.packages;
  if (wanted === undefined) fail("package-lock.json is missing or torn: restore it from git.");
  if (present === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith("node_modules/")) return true;
    const found = present[path];
    if (found === undefined) return entry.optional === true;
    return (
      found.version === entry.version &&
      found.integrity === entry.integrity &&
      existsSync(join(root, path))
    );
  });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** One install at a time: a second would remove what the first is writing. */
function takeInstallLock() {
  try {
    writeFileSync(installLockPath, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") fail(`Cannot write ${installLockPath}: ${error.message}`);
  }
  let holder = Number.NaN;
  try {
    holder = Number(readFileSync(installLockPath, "utf8") || Number.NaN);
  } catch {
    return false; // Given back this moment: look again.
  }
  if (Number.isInteger(holder) && !isAlive(holder)) rmSync(installLockPath, { force: true });
  return false;
}

function pause(timeoutMs) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, timeoutMs);
}

function installIfBehind() {
  let told = false;
  const deadline = Date.now() + 600_000;
  while (!isInstalled()) {
    if (takeInstallLock()) {
      try {
        install();
      } finally {
        rmSync(installLockPath, { force: true });
      }
      return;
    }
    if (!told) process.stderr.write("Waiting for another install of the packages to end ...\n");
    told = true;
    if (Date.now() > deadline) fail(`Still not installed: remove ${installLockPath}, then again.`);
    pause(250);
  }
}

function install() {
  if (isInstalled()) return;
  process.stderr.write("Installing the packages of package-lock.json (once) ...\n");
  // Standard output belongs to the program that runs afterwards, which may print JSON.
  const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const result = spawnSync("npm", args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (result.status === 0) return;
  rmSync(installLockPath, { force: true });
  fail("npm ci failed (see above). Is npm on the PATH, and its registry reachable from here?");
}

function node24() {
  const name = `node-${process.platform}-${process.arch}`;
  const pinned = join(root, "node_modules", name, "bin", "node");
  if (existsSync(pinned)) return pinned;
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 24 || (major === 24 && minor >= 12)) return process.execPath;
  return fail(
    `No pinned Node 24 for ${process.platform}-${process.arch}: install Node 24, then again.`,
  );
}

installIfBehind();
// Compiled code is kept for the next start, also of a node that died: a third of a start is compiling.
const NODE_COMPILE_CACHE = join(root, "node_modules", ".cache", "compiled");
const child = spawn(node24(), process.argv.slice(2), {
  stdio: "inherit",
  env: { NODE_COMPILE_CACHE, ...process.env },
});
// A terminal sends Ctrl-C to the whole group; a service manager signals this process alone: pass it on.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on("error", (error) =>
  fail(`Node 24 does not start here (${error.message}): install Node 24.`),
);
child.on("exit", (code, signal) => {
  process.exit(signal === null ? code : 128 + constants.signals[signal]);
});
