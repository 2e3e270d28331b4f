import { randomBytes, randomInt } from "node:crypto";
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** Where everything of a venue lies. */
export type DataFolder = {
  readonly root: string;
  readonly run: string;
  readonly logs: string;
  readonly log: string;
  readonly snapshots: string;
  readonly masterKeyFile: string;
  readonly credentialsFile: string;
  /** Address and processes of the venue that runs, or ran last. */
  readonly venueFile: string;
};

export type Credentials = {
  readonly administrator: { readonly token: string };
  readonly demoTrader?: { readonly apiKey: string; readonly secret: string };
  /** Who can sign in on the page from the first start on. Folders of before there were people have none. */
  readonly people?: readonly FirstPerson[];
};

export type FirstPerson = {
  readonly name: string;
  /** A trader has the demo trader's account. */
  readonly role: "trader" | "administrator";
  readonly password: string;
};

export type Prepared =
  | {
      readonly ok: true;
      readonly folder: DataFolder;
      readonly credentials: Credentials;
      /** Nothing was here before: this start makes the venue. */
      readonly isFirstStart: boolean;
    }
  | { readonly ok: false; readonly message: string };

export function dataFolderOf(root: string): DataFolder {
  return {
    root,
    run: join(root, "run"),
    logs: join(root, "logs"),
    log: join(root, "log"),
    snapshots: join(root, "snapshots"),
    masterKeyFile: join(root, "secrets", "master.key"),
    credentialsFile: join(root, "credentials.json"),
    venueFile: join(root, "run", "venue.json"),
  };
}

const masterKeyBytes = 32;

/**
 * Makes what a venue keeps secret at its first start, and finds it again at later ones. Existing
 * secrets are never replaced: without its master key a log cannot be read.
 */
export function prepareDataFolder(root: string, withDemoTrader: boolean): Prepared {
  const folder = dataFolderOf(root);
  const refusal = refuseDataFolder(root);
  if (refusal !== null) return { ok: false, message: refusal };
  for (const path of [root, dirname(folder.masterKeyFile), folder.run, folder.logs]) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chmodSync(path, 0o700);
  }
  const isFirstStart = !existsSync(folder.credentialsFile);
  if (!existsSync(folder.masterKeyFile)) {
    if (!isFirstStart) return { ok: false, message: lost(folder.masterKeyFile) };
    writeSecret(folder.masterKeyFile, randomBytes(masterKeyBytes));
  }
  chmodSync(folder.masterKeyFile, 0o600);
  if (readFileSync(folder.masterKeyFile).length !== masterKeyBytes) {
    return { ok: false, message: lost(folder.masterKeyFile) };
  }
  if (isFirstStart) {
    // A log knows the first administrator by the token that is gone: a new one would open nothing.
    if (existsSync(join(folder.log, "data.mdb"))) {
      return { ok: false, message: lost(folder.credentialsFile) };
    }
    const text = `${JSON.stringify(newCredentials(withDemoTrader), null, 2)}\n`;
    writeSecret(folder.credentialsFile, Buffer.from(text));
  }
  chmodSync(folder.credentialsFile, 0o600);
  const credentials = readCredentials(root);
  if (credentials === null) return { ok: false, message: lost(folder.credentialsFile) };
  return { ok: true, folder, credentials, isFirstStart };
}

/** The credentials of the first start, or null where there are none that can be read. */
export function readCredentials(root: string): Credentials | null {
  try {
    const text = readFileSync(dataFolderOf(root).credentialsFile, "utf8");
    const credentials = JSON.parse(text) as Partial<Credentials>;
    return typeof credentials.administrator?.token === "string"
      ? (credentials as Credentials)
      : null;
  } catch {
    return null;
  }
}

/** Why this folder may not be taken, or null: a typo in --data must not change somebody's files. */
export function refuseDataFolder(root: string): string | null {
  let entries: string[];
  try {
    entries = readdirSync(root);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return null;
    return `${root} cannot be used as the data folder (${code}): name another with --data.`;
  }
  // The lock in run/ is taken before the first secret is made.
  if (entries.every((entry) => entry === "run") || entries.includes("secrets")) return null;
  return `${root} is neither empty nor a venue's data folder: name another with --data.`;
}

function lost(file: string): string {
  return `${file} is missing or damaged, and cannot be made again: restore it from a backup, or start anew with an empty folder (--data).`;
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
function alphanumeric(length: number): string {
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join("");
}

function newCredentials(withDemoTrader: boolean): Credentials {
  const administrator = { token: `hal_admin_${randomBytes(32).toString("base64url")}` };
  const admin = { name: "admin", role: "administrator", password: newPassword() } as const;
  if (!withDemoTrader) return { administrator, people: [admin] };
  const demoTrader = { apiKey: alphanumeric(64), secret: alphanumeric(64) };
  const trader = { name: "trader", role: "trader", password: newPassword() } as const;
  return { administrator, demoTrader, people: [trader, admin] };
}

/** About 95 bits, in groups that can be typed. */
function newPassword(): string {
  return Array.from({ length: 4 }, () => alphanumeric(4)).join("-");
}

/** Whole or not at all, and on disk before anything relies on it. */
function writeSecret(path: string, content: Uint8Array): void {
  const draft = `${path}.new`;
  const fd = openSync(draft, "w", 0o600);
  try {
    writeSync(fd, content);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(draft, path);
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
