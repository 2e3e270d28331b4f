import { readFile } from "node:fs/promises";
import { type ChannelCredentials, credentials } from "@grpc/grpc-js";
import {
  BATCH_BYTES_MAX,
  type CommandLog,
  type LogEntry,
  LogError,
  type LogPoint,
} from "../port.ts";
import { assertPosition, closedError, tooLargeError } from "../refusals.ts";
import { Appender } from "./appender.ts";
import { asLogError } from "./failure.ts";
import { type EtcdHealth, readHealth } from "./health.ts";
import { KeyHistory } from "./key-history.ts";
import { type EtcdLocation, parseEtcdUrl } from "./location.ts";
import { Member } from "./member.ts";
import { Members } from "./members.ts";
import { type KeyVersion, transactionMethod } from "./messages.ts";
import { deletedError, LogKeys, Origin, originOf } from "./origin.ts";
import { formatCursor, Reader } from "./reader.ts";

export interface EtcdLogOptions {
  /** `etcd://HOST:PORT,HOST:PORT,.../PREFIX`, the zone's own member first; `etcds://` with TLS. */
  readonly url: string;
  /** Files in PEM. The certificate's common name is the user that etcd knows this process by. */
  readonly tls?: {
    readonly caFile: string;
    readonly certificateFile: string;
    readonly keyFile: string;
  };
  /** How long a member may take over one request before another is asked; 1,000 by default. */
  readonly requestTimeoutMs?: number;
  /** How long what was surely not carried out goes on being tried; 1,500 by default. */
  readonly patienceMs?: number;
}

const REQUEST_TIMEOUT_MS = 1000;
/** Longer than an election takes: a lost leader then makes appends slower, and fails none of these. */
const PATIENCE_MS = 1500;

/** A log in an etcd cluster: the versions of one key are the entries. */
export class EtcdLog implements CommandLog {
  readonly #members: Members;
  readonly #keys: LogKeys;
  readonly #origin = new Origin();
  readonly #history: KeyHistory;
  readonly #appender: Appender;
  readonly #closed = new AbortController();
  #closing: Promise<void> | null = null;

  private constructor(members: Members, keys: LogKeys) {
    this.#members = members;
    this.#keys = keys;
    this.#history = new KeyHistory(members, keys.log);
    this.#appender = new Appender(members, keys, this.#origin);
  }

  static async open(options: EtcdLogOptions): Promise<EtcdLog> {
    const location = parseEtcdUrl(options.url);
    const identity = await readIdentity(location, options.tls);
    const keys = new LogKeys(location.prefix);
    const members = new Members(
      location.addresses.map((address) => new Member(address, identity)),
      {
        timeoutMs: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
        patienceMs: options.patienceMs ?? PATIENCE_MS,
        probeKey: keys.log,
      },
    );
    const log = new EtcdLog(members, keys);
    try {
      await log.#learnOrigin();
      return log;
    } catch (error) {
      members.close();
      throw asLogError(error, "open the log");
    }
  }

  append(batch: Uint8Array): Promise<number> {
    if (this.#closing !== null) return Promise.reject(closedError());
    const bytes = batch.byteLength;
    if (bytes > BATCH_BYTES_MAX) return Promise.reject(tooLargeError(bytes));
    return this.#appender.append(batch);
  }

  async *read(after: LogPoint | null, signal: AbortSignal): AsyncGenerator<readonly LogEntry[]> {
    if (this.#closing !== null) throw closedError();
    const parts = {
      members: this.#members,
      history: this.#history,
      key: this.#keys.log,
      origin: this.#origin,
    };
    const reader = new Reader(parts, after);
    try {
      yield* reader.runs(AbortSignal.any([signal, this.#closed.signal]));
    } catch (error) {
      throw asLogError(error, "read");
    }
    if (!signal.aborted) throw closedError();
  }

  head(): Promise<LogPoint | null> {
    return this.#ask("look for the newest entry", async () => {
      const newest = await this.#newest();
      return newest === null ? null : { position: newest.version, cursor: formatCursor(newest) };
    });
  }

  first(): Promise<number> {
    return this.#ask("look for the oldest entry", async () => {
      const newest = await this.#newest();
      if (newest === null) return 1;
      const { version } = await this.#history.oldest(newest.createRevision);
      this.#origin.first = Math.max(this.#origin.first, version);
      return version;
    });
  }

  /** Compacts etcd, which is done to the whole cluster: it holds this log and nothing else. */
  trim(before: number): Promise<void> {
    return this.#ask("trim", async () => {
      assertPosition(before, Number.MIN_SAFE_INTEGER);
      for (;;) {
        const newest = await this.#newest();
        const first = Math.min(before, newest?.version ?? 0);
        if (newest === null || first <= 1) return;
        const oldest = await this.#history.oldest(newest.createRevision);
        if (first <= oldest.version) return;
        const newer = { version: newest.version, revision: newest.modRevision };
        const revision = await this.#history.revisionOf(first, oldest, newer);
        // Somebody else trimmed in between: the bounds are others now.
        if (revision === "compacted") continue;
        await this.#history.compact(revision);
        this.#origin.first = Math.max(this.#origin.first, first);
        return;
      }
    });
  }

  /** What the members say of themselves and how fast appends are. Never rejects but when closed. */
  health(): Promise<EtcdHealth> {
    const { all, timeoutMs } = this.#members;
    return this.#ask("tell its health", () => {
      return readHealth(all, timeoutMs, this.#appender.latencyMs);
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#closed.abort();
    await this.#appender.idle();
    this.#members.close();
  }

  async #ask<T>(doing: string, request: () => Promise<T>): Promise<T> {
    if (this.#closing !== null) throw closedError();
    try {
      return await request();
    } catch (error) {
      if (this.#closing !== null) throw closedError();
      throw asLogError(error, doing);
    }
  }

  async #newest(): Promise<KeyVersion | null> {
    const { found } = await this.#history.newest();
    if (found === null && this.#origin.createRevision !== null) throw deletedError();
    this.#origin.learn(found?.createRevision ?? null);
    return found;
  }

  async #learnOrigin(): Promise<void> {
    const { timeoutMs } = this.#members;
    const { found } = await this.#members.repeat((member) =>
      member.request(transactionMethod, this.#keys.look(), { timeoutMs }),
    );
    const [newest = null, marker = null] = found;
    this.#origin.learn(originOf(newest, marker));
  }
}

async function readIdentity(
  { isSecure }: EtcdLocation,
  tls: EtcdLogOptions["tls"],
): Promise<ChannelCredentials> {
  if (isSecure !== (tls !== undefined)) {
    throw new RangeError(
      "An etcds:// log needs the files of its TLS certificates, and an etcd:// log takes none.",
    );
  }
  if (tls === undefined) return credentials.createInsecure();
  try {
    const files = [tls.caFile, tls.keyFile, tls.certificateFile] as const;
    const [authority, key, certificate] = await Promise.all(files.map((file) => readFile(file)));
    return credentials.createSsl(authority, key, certificate);
  } catch (error) {
    throw new LogError(
      "unavailable",
      `The TLS files for etcd cannot be used (${String(error)}). Check their paths, permissions and form (PEM).`,
      { cause: error },
    );
  }
}
