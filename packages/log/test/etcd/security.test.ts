/** TLS both ways, a user that may only touch its log, and a database that is full. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type EtcdLogOptions, openLog } from "@halcyon/log";
import { EtcdLog } from "../../src/etcd/etcd-log.ts";
import { readSome, taggedBatch, until } from "../batches.ts";
import { EtcdCluster, etcdMissing } from "./cluster.ts";

type TlsFiles = NonNullable<EtcdLogOptions["tls"]>;

/** Makes an authority and certificates by it, for a name each. */
class Authority {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    const subject = ["-subj", "/CN=authority", "-days", "2"];
    this.#openssl(
      "req",
      "-x509",
      ...this.#newKey("authority"),
      "-out",
      "authority.pem",
      ...subject,
    );
  }

  async issue(name: string): Promise<TlsFiles> {
    const request = ["-subj", `/CN=${name}`, "-out", `${name}.csr`];
    this.#openssl("req", "-new", ...this.#newKey(name), ...request);
    const usage = "extendedKeyUsage=serverAuth,clientAuth";
    await writeFile(join(this.#folder, "extensions"), `subjectAltName=IP:127.0.0.1\n${usage}\n`);
    const by = ["-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial"];
    const what = ["-in", `${name}.csr`, "-out", `${name}.pem`, "-days", "2"];
    this.#openssl("x509", "-req", ...by, ...what, "-extfile", "extensions");
    return {
      caFile: join(this.#folder, "authority.pem"),
      certificateFile: join(this.#folder, `${name}.pem`),
      keyFile: join(this.#folder, `${name}.key`),
    };
  }

  #newKey(name: string): readonly string[] {
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    return [...key, "-keyout", `${name}.key`];
  }

  #openssl(...args: readonly string[]): void {
    execFileSync("openssl", args, { cwd: this.#folder, stdio: "pipe" });
  }
}

const skip = etcdMissing() ?? false;
let folder = "";
let cluster: EtcdCluster;
let writer: TlsFiles;
let stranger: TlsFiles;

before(async () => {
  if (skip !== false) return;
  folder = await mkdtemp(join(tmpdir(), "halcyon-etcd-tls-"));
  const authority = new Authority(folder);
  const root = await authority.issue("root");
  writer = await authority.issue("venue");
  stranger = await authority.issue("stranger");
  const members = await authority.issue("member");
  cluster = await EtcdCluster.start({
    quotaBytes: 8 * 1024 * 1024,
    tls: { members, client: root },
  });
  allow("venue", "/halcyon/venue/");
});

after(async () => {
  await cluster?.stop();
  await rm(folder, { recursive: true });
});

/** Makes the users, with a role for everything below a prefix, and turns permissions on. */
function allow(user: string, prefix: string): void {
  cluster.control("role", "add", user);
  cluster.control("role", "grant-permission", user, "readwrite", "--prefix", prefix);
  cluster.control("role", "add", "root");
  for (const name of ["root", user]) {
    cluster.control("user", "add", name, "--no-password");
    cluster.control("user", "grant-role", name, name);
  }
  cluster.control("auth", "enable");
}

test("the user of a log can do all that a log does", { skip }, async () => {
  const log = await openLog({ ...cluster.at("/halcyon/venue"), tls: writer });
  for (let index = 0; index < 5; index += 1) await log.append(taggedBatch(1, index, 40));
  assert.equal((await readSome(log, null, 5)).length, 5);
  await log.trim(4);
  assert.equal(await log.first(), 4);
  await log.close();
});

void test("it may not touch what is not below its prefix", { skip }, async () => {
  for (const prefix of ["/halcyon/other", "/halcyon/venue2", "/halcyon"]) {
    const opening = openLog({ ...cluster.at(prefix), tls: writer });
    await assert.rejects(opening, { code: "unavailable", message: /readwrite permission/ });
  }
});

void test("a certificate that names no user is refused, and so is none at all", {
  skip,
}, async () => {
  const opening = openLog({ ...cluster.at("/halcyon/venue"), tls: stranger });
  await assert.rejects(opening, { code: "unavailable", message: /readwrite permission/ });
  const plain = `etcd://${cluster.addresses.join(",")}/halcyon/venue`;
  const impatient = { requestTimeoutMs: 300, patienceMs: 300 };
  await assert.rejects(openLog({ kind: "etcd", url: plain, ...impatient }), {
    code: "unavailable",
  });
});

void test("files that are not there are named", { skip }, async () => {
  const tls = { ...writer, keyFile: join(folder, "nowhere.key") };
  await assert.rejects(openLog({ ...cluster.at("/halcyon/venue"), tls }), {
    code: "unavailable",
    message: /nowhere\.key.*Check their paths/,
  });
});

void test("a full database refuses appends, says what to do, and takes them again after that", {
  skip,
}, async () => {
  const log = await EtcdLog.open({ ...cluster.at("/halcyon/venue"), tls: writer });
  const batch = new Uint8Array(500_000);
  const head = (await log.head())!.position;
  let appended = 0;
  const fill = async (): Promise<void> => {
    for (; appended < 40; appended += 1) await log.append(batch);
  };
  // etcd refuses the append that fills it and carries it out: it is not said to be written or not.
  const unknown = {
    code: "unavailable",
    message: /not known.*Trim the log, then run "etcdctl def/,
  };
  await assert.rejects(fill(), unknown);
  assert.equal((await log.health()).state, "no-space");
  const full = await log.head();
  assert.ok([head + appended, head + appended + 1].includes(full!.position));
  await assert.rejects(log.append(batch), { code: "no-space", message: /etcdctl alarm disarm/ });
  assert.deepEqual(await log.head(), full, "what was refused is not there");
  await log.trim(full!.position);
  assert.equal(await log.first(), full!.position, "a full log can be trimmed");
  cluster.control("defrag");
  cluster.control("alarm", "disarm");
  await until("an append", async () => (await log.append(batch).catch(() => 0)) > 0);
  assert.equal((await log.head())!.position, full!.position + 1);
  // Appends of half a megabyte may be slow here.
  assert.match((await log.health()).state, /^(?:ok|slow)$/);
  await log.close();
});
