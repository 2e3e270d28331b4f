import assert from "node:assert/strict";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { dataFolderOf, prepareDataFolder, readCredentials } from "../src/index.ts";

const root = mkdtempSync(join(tmpdir(), "halcyon-data-"));
after(() => rmSync(root, { recursive: true }));
const modeOf = (path: string) => statSync(path).mode & 0o777;

test("the first start makes the folder and its secrets for this user alone", () => {
  const data = join(root, "new", "deep");
  const prepared = prepareDataFolder(data, true);
  assert.ok(prepared.ok);
  assert.equal(prepared.isFirstStart, true);
  const { administrator, demoTrader } = prepared.credentials;
  assert.match(administrator.token, /^hal_admin_[\w-]{43}$/);
  assert.match(demoTrader!.apiKey, /^[A-Za-z0-9]{64}$/);
  assert.match(demoTrader!.secret, /^[A-Za-z0-9]{64}$/);
  const { masterKeyFile, credentialsFile } = prepared.folder;
  assert.equal(readFileSync(masterKeyFile).length, 32);
  assert.deepEqual([data, masterKeyFile, credentialsFile].map(modeOf), [0o700, 0o600, 0o600]);
});

test("later starts find the same secrets and mend their modes", () => {
  const data = join(root, "again");
  const first = prepareDataFolder(data, true);
  assert.ok(first.ok);
  const key = readFileSync(first.folder.masterKeyFile);
  chmodSync(data, 0o755);
  chmodSync(first.folder.credentialsFile, 0o644);
  const second = prepareDataFolder(data, false);
  assert.ok(second.ok);
  assert.equal(second.isFirstStart, false);
  assert.deepEqual(second.credentials, first.credentials);
  assert.deepEqual(readFileSync(second.folder.masterKeyFile), key);
  assert.deepEqual([data, first.folder.credentialsFile].map(modeOf), [0o700, 0o600]);
});

test("lost credentials of a venue with a log are not replaced by ones that open nothing", () => {
  const data = join(root, "moved");
  const first = prepareDataFolder(data, true);
  assert.ok(first.ok);
  rmSync(first.folder.credentialsFile);
  assert.ok(prepareDataFolder(data, true).ok, "a first start that was cut short goes on");
  mkdirSync(first.folder.log);
  writeFileSync(join(first.folder.log, "data.mdb"), "");
  rmSync(first.folder.credentialsFile);
  const later = prepareDataFolder(data, true);
  assert.ok(!later.ok);
  assert.match(later.message, /credentials.json is missing or damaged.*restore it from a backup/);
});

test("without demo traders there is an administrator alone", () => {
  const prepared = prepareDataFolder(join(root, "plain"), false);
  assert.ok(prepared.ok);
  assert.deepEqual(Object.keys(prepared.credentials), ["administrator", "people"]);
  assert.deepEqual(
    prepared.credentials.people?.map(({ role }) => role),
    ["administrator"],
  );
});

test("a folder with somebody else's files is refused and left alone", () => {
  const data = mkdtempSync(join(root, "foreign-"));
  writeFileSync(join(data, "letter.txt"), "dear");
  chmodSync(data, 0o755);
  const prepared = prepareDataFolder(data, true);
  assert.ok(!prepared.ok);
  assert.match(prepared.message, /neither empty nor a venue's data folder: name another/);
  assert.equal(modeOf(data), 0o755);
});

test("a file in place of the folder is refused", () => {
  const file = join(root, "file");
  writeFileSync(file, "");
  const prepared = prepareDataFolder(file, true);
  assert.ok(!prepared.ok);
  assert.match(prepared.message, /ENOTDIR.*--data/);
});

test("a lost or damaged secret is never replaced", () => {
  const data = join(root, "lost");
  assert.ok(prepareDataFolder(data, true).ok);
  const { masterKeyFile, credentialsFile } = dataFolderOf(data);
  const credentials = readFileSync(credentialsFile);
  writeFileSync(credentialsFile, "{");
  const torn = prepareDataFolder(data, true);
  assert.ok(!torn.ok);
  assert.match(torn.message, /credentials\.json is missing or damaged.*backup/);
  assert.equal(readCredentials(data), null);
  writeFileSync(credentialsFile, credentials);
  rmSync(masterKeyFile);
  const lost = prepareDataFolder(data, true);
  assert.ok(!lost.ok);
  assert.match(lost.message, /master\.key is missing or damaged/);
});
