import type { BatchHeader } from "@halcyon/core";
import { type Claim, HashWatch, type StateHash, type Tally } from "./hash-watch.ts";

export type PeerWatchOptions = {
  readonly nodeId: number | null;
  readonly incarnation: number;
  readonly onAlarm: (message: string) => void;
};

/** What this replica makes of its peers' claims: nothing, an alarm, or the insight that it is wrong itself. */
export class PeerWatch {
  readonly #options: PeerWatchOptions;
  readonly #watch: HashWatch;
  #latest: Claim | null = null;
  #alarmedAbout = "";
  #impostor: number | null = null;

  constructor(options: PeerWatchOptions) {
    this.#options = options;
    this.#watch = new HashWatch({ nodeId: options.nodeId ?? -1 });
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

  /**
   * Why this replica must take itself out of service; null: it need not. `isLive`: the batch was
   * written while this process was in service, not before its start.
   */
  hear(header: BatchHeader, logTimeMs: number, isLive: boolean): string | null {
    if (isLive) this.#checkIdentity(header);
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
      this.#options.onAlarm(
        `at position ${at} the state of ${peers} differs from the one here, with which ` +
          `${tally.agree} peers agree: compare the nodes' state hashes and restart the one that is wrong`,
      );
    }
    return null;
  }

  tally(logTimeMs: number): Tally {
    return this.#watch.tally(logTimeMs);
  }

  #checkIdentity({ nodeId, incarnation }: BatchHeader): void {
    if (nodeId !== this.#options.nodeId || incarnation === this.#options.incarnation) return;
    if (this.#impostor === incarnation) return;
    this.#impostor = incarnation;
    this.#options.onAlarm(
      `another process writes as node id ${nodeId}, this node's own: give each node its own id`,
    );
  }

  #forgetAlarm(logTimeMs: number): void {
    if (this.#watch.tally(logTimeMs).disagree === 0) this.#alarmedAbout = "";
  }
}
