/** Two 32-bit words over everything the core has put out so far. */
export type StateHash = readonly [number, number];

/** What a node says of itself in a batch: after this position my state hash was this. */
export type Claim = { readonly position: number; readonly hash: StateHash };

export type ClaimAuthor = { readonly nodeId: number; readonly incarnation: number };

/** `unknown`: the position is older than what is remembered here. */
export type Comparison = "agrees" | "disagrees" | "unknown";

/**
 * `agreed`: nobody says otherwise. `disputed`: somebody does, but not more than agree with me, me
 * included. `outvoted`: more peers disagree than agree, me included: then it is me who is wrong.
 */
export type Verdict = "agreed" | "disputed" | "outvoted";

export type Tally = {
  readonly verdict: Verdict;
  readonly agree: number;
  readonly disagree: number;
  readonly disagreeing: readonly number[];
  /** Up to here more peers agree than disagree, this replica's own word left out; 0: nowhere. */
  readonly confirmedPosition: number;
};

export type HashWatchOptions = {
  /** Claims of this node are no votes: they are its own, or those of its former self. -1: a replica without a vote. */
  readonly nodeId: number;
  /** How many of the latest positions are remembered. */
  readonly rememberPositions?: number;
  /** A peer whose last comparison is older than this has no vote. In log time, so that replay votes as life did. */
  readonly peerFreshMs?: number;
};

type PeerVote = { incarnation: number; agrees: boolean; position: number; logTimeMs: number };

/** Compares this replica's state hashes with what its peers claim. Pure: no clock, no I/O. */
export class HashWatch {
  readonly #nodeId: number;
  readonly #peerFreshMs: number;
  readonly #positions: Float64Array;
  readonly #hashes: Int32Array;
  readonly #votes = new Map<number, PeerVote>();

  constructor(options: HashWatchOptions) {
    const rememberPositions = options.rememberPositions ?? 4096;
    this.#nodeId = options.nodeId;
    this.#peerFreshMs = options.peerFreshMs ?? 5_000;
    this.#positions = new Float64Array(rememberPositions);
    this.#hashes = new Int32Array(rememberPositions * 2);
  }

  /** My own state after this position. */
  remember(position: number, hash: StateHash): void {
    const slot = position % this.#positions.length;
    this.#positions[slot] = position;
    this.#hashes[slot * 2] = hash[0];
    this.#hashes[slot * 2 + 1] = hash[1];
  }

  /** A batch was read: what its author claims becomes its vote. */
  hear(author: ClaimAuthor, claim: Claim | null, logTimeMs: number): Comparison {
    if (author.nodeId === this.#nodeId) return "unknown";
    const vote = this.#votes.get(author.nodeId);
    // Another incarnation has another state: what the former one said no longer counts.
    if (vote !== undefined && vote.incarnation !== author.incarnation) {
      this.#votes.delete(author.nodeId);
    }
    if (claim === null) return "unknown";
    const slot = claim.position % this.#positions.length;
    if (claim.position === 0 || this.#positions[slot] !== claim.position) return "unknown";
    const agrees =
      this.#hashes[slot * 2] === (claim.hash[0] | 0) &&
      this.#hashes[slot * 2 + 1] === (claim.hash[1] | 0);
    const { position } = claim;
    this.#votes.set(author.nodeId, {
      incarnation: author.incarnation,
      agrees,
      position,
      logTimeMs,
    });
    return agrees ? "agrees" : "disagrees";
  }

  tally(logTimeMs: number): Tally {
    const agreedPositions: number[] = [];
    const disagreeing: number[] = [];
    for (const [nodeId, vote] of this.#votes) {
      if (logTimeMs - vote.logTimeMs > this.#peerFreshMs) continue;
      if (vote.agrees) agreedPositions.push(vote.position);
      else disagreeing.push(nodeId);
    }
    disagreeing.sort((a, b) => a - b);
    // The hash runs: who agrees at a position agrees at all before it.
    agreedPositions.sort((a, b) => b - a);
    const agree = agreedPositions.length;
    const disagree = disagreeing.length;
    const verdict = disagree === 0 ? "agreed" : disagree > agree + 1 ? "outvoted" : "disputed";
    const confirmedPosition = agreedPositions[disagree] ?? 0;
    return { verdict, agree, disagree, disagreeing, confirmedPosition };
  }
}
