import { randomInt } from "node:crypto";
import { openBatch, type Venue } from "@halcyon/core";
import type { CommandLog, LogEntry, LogPoint } from "@halcyon/log";
import { applyBatch, applyOwnBatch } from "./applier.ts";
import { type Clock, systemClock } from "./clock.ts";
import { follow } from "./follow.ts";
import type { Tally } from "./hash-watch.ts";
import type { Encode } from "./lanes.ts";
import { type ReplicaLimits, replicaLimitsDefault } from "./limits.ts";
import type { ReplicaListener } from "./listener.ts";
import { type Lane, lanes, type Outcome } from "./outcome.ts";
import { PeerWatch } from "./peer-watch.ts";
import { PositionWaiters } from "./position-waiters.ts";
import { type Projection, Projections } from "./projection.ts";
import type { Replica } from "./replica.ts";
import type { ReplicaHealth, ReplicaPhase, ReplicaStats } from "./replica-stats.ts";
import { restore } from "./restore.ts";
import type { Snapshot } from "./snapshot-file.ts";
import type { SnapshotReader } from "./snapshot-store.ts";
import { Submitter } from "./submitter.ts";

export type ReplicaOptions = {
  readonly nodeName: string;
  /** 0 to 255, no two nodes of a venue the same; null: it only follows, and submits nothing. */
  readonly nodeId: number | null;
  readonly log: CommandLog;
  /** Where to restore from; null: from the log's beginning. */
  readonly snapshots: SnapshotReader | null;
  readonly limits?: Partial<ReplicaLimits>;
  readonly listener?: ReplicaListener;
  readonly clock?: Clock;
  /** A signed 32-bit number that no earlier start of this node had; drawn at random when absent. */
  readonly incarnation?: number;
};

const progressIntervalMs = 250;
/**
 * A clock that differs from the log's by more is wrong. Less may be this node's own lag, by which
 * all that it reads looks old: a busy node is seconds behind at times, not half a minute.
 */
const clockErrorMsMax = 30_000;
/** What another node said of the time counts for so long. */
const peerTimeMsMax = 2_000;
const projectionFailureIntervalMs = 1_000;

/** A replica over a CommandLog. Whoever made the log closes it, after `stop`. */
export class LogReplica implements Replica {
  readonly nodeName: string;
  readonly #options: ReplicaOptions;
  readonly #limits: ReplicaLimits;
  readonly #clock: Clock;
  readonly #listener: ReplicaListener;
  readonly #projections: Projections;
  readonly #waiters: PositionWaiters;
  readonly #peers: PeerWatch;
  readonly #submitter: Submitter;
  readonly #reading = new AbortController();
  #following: Promise<void> = Promise.resolve();
  #stopHousekeeping: () => void = () => {};
  #phase: ReplicaPhase = "new";
  #reason = "";
  #venue: Venue | null = null;
  #point: LogPoint | null = null;
  #headAtStart = 0;
  #newestBatchTimeMs = 0;
  #appliedAtMs = 0;
  /** By when another node's clock was ahead of this process's monotonic one, and when that was heard. */
  #peerTime = { aheadMs: 0, heardAtMs: Number.NEGATIVE_INFINITY };
  #progressToldAtMs = 0;
  #projectionFailureToldAtMs = Number.NEGATIVE_INFINITY;
  #followingSinceMs = 0;
  readonly #count = {
    batches: 0,
    commands: 0,
    appends: 0,
    appendFailures: 0,
    readFailures: 0,
    projectionFailures: 0,
  };

  constructor(options: ReplicaOptions) {
    this.#options = options;
    this.nodeName = options.nodeName;
    this.#limits = { ...replicaLimitsDefault, ...options.limits };
    this.#clock = options.clock ?? systemClock;
    this.#listener = options.listener ?? {};
    this.#projections = new Projections((name, error) => this.#projectionFailed(name, error));
    this.#waiters = new PositionWaiters(this.#clock, this.#limits.waitersMax);
    const onAlarm = (message: string) => this.#listener.onAlarm?.(message);
    const incarnation = options.incarnation ?? randomInt(-(2 ** 31), 2 ** 31);
    this.#peers = new PeerWatch({ nodeId: options.nodeId, incarnation, onAlarm });
    this.#submitter = this.#createSubmitter(incarnation);
  }

  get venue(): Venue {
    if (this.#venue === null) throw new Error("The replica has no state before its start.");
    return this.#venue;
  }

  get position(): number {
    return this.#point?.position ?? 0;
  }

  /**
   * Milliseconds since 1970: this machine's clock, unless log time, which is the median of all
   * nodes', and another node's clock agree that it is wrong; then log time. So one wrong clock
   * changes nothing for who asks this node, and neither does a log that stood still.
   */
  timeMs(): number {
    const ownMs = this.#clock.wallMs();
    if (this.#phase !== "following") return ownMs;
    const nowMs = this.#clock.nowMs();
    const logMs = this.venue.logTimeMs + (nowMs - this.#appliedAtMs);
    if (Math.abs(ownMs - logMs) <= clockErrorMsMax) return ownMs;
    const { aheadMs, heardAtMs } = this.#peerTime;
    const isConfirmed =
      nowMs - heardAtMs <= peerTimeMsMax && Math.abs(nowMs + aheadMs - logMs) <= clockErrorMsMax;
    return isConfirmed ? Math.round(logMs) : ownMs;
  }

  addProjection(projection: Projection): void {
    if (this.#phase !== "new") throw new Error("Projections are added before the start.");
    this.#projections.add(projection);
  }

  /** Resolves once the state is restored and the log is being followed; `onCaughtUp` and `health` tell the rest. */
  async start(): Promise<void> {
    if (this.#phase !== "new") throw new Error("A replica starts once.");
    const { log, snapshots } = this.#options;
    this.#phase = "restoring";
    const onNotice = (message: string) => this.#listener.onNotice?.(message);
    const restored = await restore({ log, snapshots, projections: this.#projections, onNotice });
    this.#venue = restored.venue;
    this.#point = restored.point;
    if (restored.point !== null) this.#peers.remember(restored.point.position, restored.venue.hash);
    this.#headAtStart = (await log.head())?.position ?? 0;
    // Stopped meanwhile: there is nothing left to begin.
    if (this.#reading.signal.aborted) return;
    this.#phase = "catching-up";
    this.#stopHousekeeping = this.#clock.every(this.#limits.housekeepingIntervalMs, () =>
      this.#submitter.housekeep(),
    );
    this.#checkCaughtUp();
    this.#following = this.#follow();
  }

  submit(lane: Lane, encode: Encode): Promise<Outcome> {
    return this.#submitter.submit(lane, encode);
  }

  waitFor(position: number, timeoutMs: number): Promise<boolean> {
    if (position <= this.position) return Promise.resolve(true);
    if (this.#isFinal()) return Promise.resolve(false);
    return this.#waiters.wait(position, timeoutMs);
  }

  /** Refuses what is new, lets what is under way come to its end, then stops following. */
  async stop(): Promise<void> {
    this.#submitter.stopAccepting();
    if (!this.#isFinal()) {
      this.#phase = "stopping";
      const deadlineMs = this.#clock.nowMs() + this.#limits.stopMsMax;
      while (!this.#submitter.idle && !this.#isFinal() && this.#clock.nowMs() < deadlineMs) {
        await new Promise<void>((resolve) => this.#clock.after(2, resolve));
      }
    }
    this.#leave("the node is stopping");
    await this.#following;
    if (!this.#isFinal()) this.#phase = "stopped";
  }

  /** Whether this node should get traffic, and if not, why. */
  health(): ReplicaHealth {
    const reason = this.#reasonNotReady();
    if (reason === null) return { ok: true, status: "ready", reasons: [] };
    const status = this.#phase === "following" ? "log-silent" : this.#phase;
    return { ok: false, status, reasons: [reason] };
  }

  stats(): ReplicaStats {
    const tally = this.tally();
    const wallMs = this.#clock.wallMs();
    return {
      phase: this.#phase,
      position: this.position,
      headAtStart: this.#headAtStart,
      lagMs: this.#newestBatchTimeMs === 0 ? 0 : Math.max(0, wallMs - this.#newestBatchTimeMs),
      logTimeMs: this.#venue?.logTimeMs ?? 0,
      stateHash: this.#hashText(),
      batchesApplied: this.#count.batches,
      commandsApplied: this.#count.commands,
      appends: this.#count.appends,
      appendFailures: this.#count.appendFailures,
      readFailures: this.#count.readFailures,
      projectionFailures: this.#count.projectionFailures,
      appendsInFlight: this.#submitter.appendsInFlight,
      unappliedBatches: this.#submitter.unappliedBatches,
      waiters: this.#waiters.count,
      unknownOutcomes: this.#submitter.unknownCount,
      queued: perLane((lane) => this.#submitter.lanes.lengthOf(lane)),
      shed: { ...this.#submitter.lanes.shedCount },
      peersAgreeing: tally.agree,
      peersDisagreeing: tally.disagree,
    };
  }

  /** What the peers heard from lately say of this replica's state. */
  tally(): Tally {
    return this.#peers.tally(this.#venue?.logTimeMs ?? 0);
  }

  /** The whole state between two batches. Null while there is nothing to keep. */
  capture(): Snapshot | null {
    if (this.#point === null || this.#phase === "failed" || this.#phase === "quarantined") {
      return null;
    }
    const projections = new Map<string, Uint8Array>();
    for (const projection of this.#projections.all) {
      projections.set(projection.name, projection.save());
    }
    const { position, cursor } = this.#point;
    const createdAtMs = this.#clock.wallMs();
    return { position, cursor, createdAtMs, core: this.venue.save(), projections };
  }

  async #follow(): Promise<void> {
    try {
      await follow({
        log: this.#options.log,
        clock: this.#clock,
        signal: this.#reading.signal,
        restMs: this.#limits.restMs,
        after: () => this.#point,
        apply: (entry) => this.#apply(entry),
        onReadFailed: (error, retryInMs) => {
          this.#count.readFailures++;
          this.#listener.onLogFailure?.("read", error, retryInMs);
        },
        retryDelayMsMin: this.#limits.retryDelayMsMin,
        retryDelayMsMax: this.#limits.retryDelayMsMax,
      });
    } catch (error) {
      this.#phase = "failed";
      this.#reason = error instanceof Error ? error.message : String(error);
      this.#leave(`the replica failed: ${this.#reason}`);
      this.#listener.onFailure?.(error);
    }
  }

  #apply(entry: LogEntry): void {
    // Throws for a batch that this version cannot read, before anything of it is applied.
    const batch = openBatch(entry.batch);
    const venue = this.venue;
    const { header } = batch;
    const wrong = this.#peers.hear(header, venue.logTimeMs, this.#phase === "following");
    if (wrong !== null) {
      this.#quarantine(wrong);
      return;
    }
    const isOwn = this.#submitter.isOwn(header);
    let outcomes: readonly Outcome[] = [];
    if (isOwn) outcomes = applyOwnBatch(venue, this.#projections, batch, entry.position);
    else applyBatch(venue, this.#projections, batch, entry.position);
    this.#point = { position: entry.position, cursor: entry.cursor };
    this.#peers.remember(entry.position, venue.hash);
    this.#newestBatchTimeMs = header.timeMs;
    this.#appliedAtMs = this.#clock.nowMs();
    // What is caught up on was written some time ago: it tells nothing of now.
    if (this.#phase === "following" && header.nodeId !== this.#options.nodeId) {
      const heardAtMs = this.#appliedAtMs;
      this.#peerTime = { aheadMs: header.timeMs - heardAtMs, heardAtMs };
    }
    this.#count.batches++;
    this.#count.commands += batch.commandCount;
    if (isOwn) this.#submitter.applied(header.sequence, outcomes);
    this.#waiters.reached(entry.position);
    if (this.#phase === "catching-up") this.#checkCaughtUp();
  }

  #checkCaughtUp(): void {
    const nowMs = this.#clock.nowMs();
    const isThere = this.position >= this.#headAtStart;
    if (isThere || nowMs - this.#progressToldAtMs >= progressIntervalMs) {
      this.#progressToldAtMs = nowMs;
      this.#listener.onProgress?.(this.position, this.#headAtStart);
    }
    if (!isThere) return;
    this.#phase = "following";
    this.#followingSinceMs = nowMs;
    if (this.#options.nodeId !== null) this.#submitter.begin();
    this.#listener.onCaughtUp?.(this.position);
  }

  #quarantine(reason: string): void {
    this.#phase = "quarantined";
    this.#reason = reason;
    this.#leave(`quarantined: ${reason}`);
    this.#listener.onQuarantine?.(reason);
  }

  /** Nothing comes in or goes out from here on. */
  #leave(reason: string): void {
    this.#stopHousekeeping();
    this.#submitter.abandon(reason);
    this.#reading.abort();
    this.#waiters.giveUp();
  }

  #isFinal(): boolean {
    return this.#phase === "quarantined" || this.#phase === "failed" || this.#phase === "stopped";
  }

  #reasonNotReady(): string | null {
    switch (this.#phase) {
      case "new":
      case "restoring":
        return "restoring from a snapshot";
      case "catching-up":
        return `catching up: position ${this.position} of ${this.#headAtStart}`;
      case "quarantined":
      case "failed":
        return this.#reason;
      case "stopping":
      case "stopped":
        return "stopping";
      case "following":
        return this.#options.nodeId === null ? null : this.#reasonLogSilent();
    }
  }

  #reasonLogSilent(): string | null {
    if (this.#submitter.lastAnsweredAtMs < this.#followingSinceMs) {
      return "waiting for the log's first answer";
    }
    const silenceMs = this.#silenceMs();
    if (silenceMs <= this.#limits.readySilenceMsMax) return null;
    return `nothing came back through the log for ${Math.round(silenceMs)} ms`;
  }

  /** Since one of its own batches came back through the log, or since it began to follow. */
  #silenceMs(): number {
    const sinceMs = Math.max(this.#submitter.lastAnsweredAtMs, this.#followingSinceMs);
    return this.#clock.nowMs() - sinceMs;
  }

  #projectionFailed(projection: string, error: unknown): void {
    this.#count.projectionFailures++;
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#projectionFailureToldAtMs < projectionFailureIntervalMs) return;
    this.#projectionFailureToldAtMs = nowMs;
    this.#listener.onProjectionFailure?.(projection, error);
  }

  #createSubmitter(incarnation: number): Submitter {
    return new Submitter({
      nodeId: this.#options.nodeId ?? 0,
      incarnation,
      log: this.#options.log,
      clock: this.#clock,
      limits: this.#limits,
      claim: () => this.#peers.claim,
      onAppended: (batch) => {
        this.#count.appends++;
        this.#listener.onAppended?.(batch);
      },
      onAppendFailed: (error, retryInMs) => {
        this.#count.appendFailures++;
        this.#listener.onLogFailure?.("append", error, retryInMs);
      },
    });
  }

  #hashText(): string {
    const hash = this.#venue?.hash ?? [0, 0];
    return hash.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }
}

function perLane(count: (lane: Lane) => number): Record<Lane, number> {
  const [cancel, high, normal, bulk] = lanes.map(count) as [number, number, number, number];
  return { cancel, high, normal, bulk };
}
