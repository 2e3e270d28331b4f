import type { BatchHeader } from "@halcyon/core";
import { type Claim, HashWatch, type StateHash, type Tally } from "./hash-watch.ts";

export type PeerWatchOptions = {
  readonly nodeId: number | null;
  readonly onAlarm: (message: string) => void;
};

/** What this replica makes of its peers' claims: nothing, an alarm, or the insight that it is wrong itself. */
export class PeerWatch {
  readonly #watch: HashWatch;
  readonly #onAlarm: (message: string) => void;
  #latest: Claim | null = null;
  #alarmedAbout = "";

  constructor({ nodeId, onAlarm }: PeerWatchOptions) {
    this.#watch = new HashWatch({ nodeId: nodeId ?? -1 });
    this.#onAlarm = onAlarm;
  }

  /** What this node claims in its next batch. */
  get claim(): Claim | null {
    return this.#latest;
  }

  remember(position: number, hash: StateHash): void {
    const claim: Claim = { position, hash: [hash[0], hash[1]] };
    this.#latest = claim;
    this.#watch.remember(position, claim.hash);
  }

  /** Why this replica must take itself out of service; null: it need not. */
  hear(header: BatchHeader, logTimeMs: number): string | null {
    const comparison = this.#watch.hear(header, header.claim, logTimeMs);
    if (comparison !== "disagrees") {
      if (comparison === "agrees" && this.#alarmedAbout !== "") this.#forgetAlarm(logTimeMs);
      return null;
    }
    const tally = this.#watch.tally(logTimeMs);
    const peers = `node ids ${tally.disagreeing.join(", ")}`;
    const at = header.claim?.position ?? 0;
    if (tally.verdict === "outvoted") {
      return (
        `at position ${at} the state here differs from that of ${tally.disagree} peers (${peers}) ` +
        `and agrees with ${tally.agree}`
      );
    }
    if (this.#alarmedAbout !== peers) {
      this.#alarmedAbout = peers;
      this.#onAlarm(
        `at position ${at} the state of ${peers} differs from the one here, with which ` +
          `${tally.agree} peers agree: compare the nodes' state hashes and restart the one that is wrong`,
      );
    }
    return null;
  }

  tally(logTimeMs: number): Tally {
    return this.#watch.tally(logTimeMs);
  }

  #forgetAlarm(logTimeMs: number): void {
    if (this.#watch.tally(logTimeMs).disagree === 0) this.#alarmedAbout = "";
  }
}
