import { LogError } from "../port.ts";
import {
  encodePut,
  encodeTransaction,
  type KeyVersion,
  putOperation,
  rangeOperation,
  versionIs,
} from "./messages.ts";

/** What a marker holds: whose key it is and how it is to be read. */
const MARKER = Buffer.from("halcyon log, format 1");

/**
 * The two keys of a log: the log itself and a marker that is made together with it, at the same
 * revision. A log whose key was deleted would count its positions from 1 again, and nothing in the
 * key would show it; the marker does.
 */
export class LogKeys {
  readonly log: Buffer;
  readonly marker: Buffer;

  constructor(prefix: string) {
    this.log = Buffer.from(`${prefix}/log`);
    this.marker = Buffer.from(`${prefix}/format`);
  }

  /** Finds the newest entry and the marker, in this order. */
  look(): Buffer {
    return encodeTransaction({ conditions: [], ifSo: this.#looks(), ifNot: [] });
  }

  /** Makes the log with its first batch where there is none yet; finds what is there otherwise. */
  create(batch: Uint8Array): Buffer {
    return encodeTransaction({
      conditions: [versionIs(this.log, 0), versionIs(this.marker, 0)],
      ifSo: [
        putOperation(this.marker, MARKER),
        putOperation(this.log, batch),
        rangeOperation({ key: this.log, keysOnly: true }),
      ],
      ifNot: this.#looks(),
    });
  }

  append(batch: Uint8Array): Buffer {
    return encodePut(this.log, batch);
  }

  #looks(): ReturnType<typeof rangeOperation>[] {
    return [
      rangeOperation({ key: this.log, keysOnly: true }),
      rangeOperation({ key: this.marker }),
    ];
  }
}

/** The revision at which the log was made, null when there is none yet; refuses what is no sound log. */
export function originOf(newest: KeyVersion | null, marker: KeyVersion | null): number | null {
  if (newest === null && marker === null) return null;
  if (marker === null) {
    throw tornError("Its key is there without the marker that is made with it: it is not a log.");
  }
  if (!MARKER.equals(marker.value)) {
    throw tornError("Its marker is of another format, or another program's.");
  }
  if (newest === null || newest.createRevision !== marker.createRevision) throw deletedError();
  return newest.createRevision;
}

/** What one handle knows of its log. */
export class Origin {
  /** The revision at which the log was made; null while nothing was appended, as far as is known. */
  createRevision: number | null = null;
  /** A position below which nothing is kept. */
  first = 1;

  /** Takes note of the revision at which the log was made, which cannot change while it lives. */
  learn(createRevision: number | null): void {
    if (this.createRevision === createRevision) return;
    if (this.createRevision !== null) throw deletedError();
    this.createRevision = createRevision;
  }
}

export function deletedError(): LogError {
  return tornError("Its key was deleted after it was made, and with it acknowledged entries.");
}

export function tornError(what: string, options?: ErrorOptions): LogError {
  return new LogError(
    "torn",
    `The log in etcd is damaged or is not a log. ${what} Restore the cluster from a backup, or name another prefix and start from a snapshot.`,
    options,
  );
}
