import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Client, credentials } from "@grpc/grpc-js";
import { openLog } from "@halcyon/log";
import type { Subject } from "./log-subjects.ts";

/** Three members of etcd on this machine, which end with the benchmark. */
export interface EtcdServers {
  /** Of a log in them. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Null where etcd is not installed. */
export async function startEtcd(): Promise<EtcdServers | null> {
  if (spawnSync("which", ["etcd"]).status !== 0) return null;
  const script = fileURLToPath(new URL("../packages/log/test/etcd/serve.ts", import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [script], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  const line = once(createInterface({ input: child.stdout! }), "line");
  const [url] = (await Promise.race([line, exit])) as [unknown];
  if (typeof url !== "string") throw new Error("etcd could not be started");
  return {
    url,
    stop: async () => {
      child.stdin?.end();
      await exit;
    },
  };
}

export async function halcyonEtcdSubject(url: string): Promise<Subject> {
  const log = await openLog({ kind: "etcd", url, requestTimeoutMs: 30_000 });
  return {
    name: "halcyon",
    append: (batch) => log.append(batch),
    // A compaction is the whole cluster's: it would fall into the other subject's round.
    reset: async () => {},
    close: () => log.close(),
  };
}

/**
 * Plain puts of one key through the same gRPC library, to the member that the log speaks to as well.
 * A put says neither its version nor whether the key is still the same: that is what is added.
 */
export async function etcdPutsSubject(url: string): Promise<Subject> {
  const address = /^etcd:\/\/([^,/]+)/.exec(url)?.[1] ?? "";
  const client = new Client(address, credentials.createInsecure());
  const key = Buffer.from("/bench/puts");
  const keyField = Buffer.concat([Buffer.from([0x0a, key.length]), key]);
  const put = (batch: Uint8Array): Promise<void> => {
    const message = Buffer.concat([keyField, Buffer.from([0x12, ...varint(batch.length)]), batch]);
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        "/etcdserverpb.KV/Put",
        (request: Buffer) => request,
        () => {},
        message,
        (error) => (error === null ? resolve() : reject(error)),
      );
    });
  };
  return {
    name: "etcd puts",
    append: put,
    reset: async () => {},
    close: async () => client.close(),
  };
}

function varint(value: number): readonly number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}
