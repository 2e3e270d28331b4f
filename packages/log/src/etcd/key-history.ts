import { RequestFailure } from "./failure.ts";
import type { Members } from "./members.ts";
import {
  compactMethod,
  encodeCompaction,
  encodeRange,
  type KeyVersion,
  type RangeRequest,
  rangeMethod,
} from "./messages.ts";
import { Watch } from "./watch.ts";

/** A version that is there, and a revision at which it is the newest. */
export interface Kept {
  readonly version: number;
  readonly revision: number;
}

/** The versions of one key, read one at a time. All reads are those of a quorum. */
export class KeyHistory {
  readonly #members: Members;
  readonly #key: Buffer;

  constructor(members: Members, key: Buffer) {
    this.#members = members;
    this.#key = key;
  }

  /** The newest version, and the store's revision at which it was. */
  async newest(): Promise<{ readonly revision: number; readonly found: KeyVersion | null }> {
    return this.#range({ key: this.#key, keysOnly: true });
  }

  /** The version that was the newest at this revision, or "compacted". */
  async at(revision: number, what: "keys" | "values"): Promise<KeyVersion | null | "compacted"> {
    try {
      const keysOnly = what === "keys";
      return (await this.#range({ key: this.#key, revision, keysOnly })).found;
    } catch (error) {
      if (error instanceof RequestFailure && error.kind === "compacted") return "compacted";
      throw error;
    }
  }

  /** The oldest version kept of a key that was made at this revision. */
  async oldest(createRevision: number): Promise<Kept> {
    // What lies before may be removed at any moment, so it may take more than one look.
    for (let revision = createRevision; ; ) {
      const found = await this.at(revision, "keys");
      if (found !== "compacted" && found !== null) return { version: found.version, revision };
      revision = await this.#compactRevision(revision);
    }
  }

  /** The revision at which a version between two others was put; "compacted" when it is gone. */
  async revisionOf(version: number, older: Kept, newer: Kept): Promise<number | "compacted"> {
    let [low, high] = [older, newer];
    while (version < high.version) {
      // A version takes at least one revision. Where it took just one, the two bounds are one.
      const least = low.revision + (version - low.version);
      const most = high.revision - (high.version - version);
      const revision = Math.floor((least + most) / 2);
      const found = await this.at(revision, "keys");
      if (found === "compacted" || found === null) return "compacted";
      if (found.version < version) low = { version: found.version, revision };
      else high = { version: found.version, revision: found.modRevision };
    }
    return high.revision;
  }

  /** Removes what lies before this revision. The version that is the newest at it stays. */
  async compact(revision: number): Promise<void> {
    const message = encodeCompaction(revision);
    const { timeoutMs } = this.#members;
    try {
      await this.#members.repeat((member) => member.request(compactMethod, message, { timeoutMs }));
    } catch (error) {
      // Somebody else has trimmed as far, or further.
      if (!(error instanceof RequestFailure) || error.kind !== "compacted") throw error;
    }
  }

  #range(request: RangeRequest): Promise<{ revision: number; found: KeyVersion | null }> {
    const message = encodeRange(request);
    const { timeoutMs } = this.#members;
    return this.#members.repeat((member) => member.request(rangeMethod, message, { timeoutMs }));
  }

  /** Where the history begins: only a watch that starts too early is told. */
  async #compactRevision(tooEarly: number): Promise<number> {
    const { timeoutMs } = this.#members;
    const signal = new AbortController().signal;
    return this.#members.repeat(async (member) => {
      const watch = await Watch.open(member, this.#key, tooEarly, timeoutMs);
      try {
        const response = await watch.next(signal, timeoutMs);
        if (response !== null) return response.compactRevision;
        throw new RequestFailure("lost", member.address, `no answer within ${timeoutMs} ms`);
      } finally {
        watch.close();
      }
    });
  }
}
