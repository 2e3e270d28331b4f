import { type Violation, violationsOf } from "./checkers/check.ts";
import { FaultMaker } from "./fault-maker.ts";
import { Administrator, firstCustomer, simulatedMarkets } from "./load/administrator.ts";
import { regions, SimClient } from "./load/sim-client.ts";
import { Trader } from "./load/trader.ts";
import type { TradingFloor } from "./load/trading-floor.ts";
import { calmWeather, drawProfile, type Narrowing, narrowed, type Profile } from "./profile.ts";
import type { RunRecord } from "./record.ts";
import { Recorder } from "./recorder.ts";
import type { Sabotage } from "./sabotage.ts";
import { rulesNewest } from "./venue/old-program.ts";
import { SimEdge } from "./venue/sim-edge.ts";
import { SimFollower } from "./venue/sim-follower.ts";
import { SimNode } from "./venue/sim-node.ts";
import { stateLines } from "./venue/state-lines.ts";
import { FaultCounts } from "./world/faults.ts";
import { LogEngine } from "./world/log-engine.ts";
import { Random } from "./world/random.ts";
import { Scheduler } from "./world/scheduler.ts";
import { SnapshotShelf } from "./world/sim-snapshots.ts";
import { Trace } from "./world/trace.ts";
import type { World } from "./world/world.ts";

const setUpMsMax = 60_000;
/** How long after the last fault everything must be well again. */
const healMsMax = 40_000;
const calmMs = 2_000;

export type RunOptions = {
  readonly seed: number;
  readonly print?: (line: string) => void;
  readonly sabotage?: Sabotage;
  readonly narrowing?: Narrowing;
};

export type RunReport = {
  readonly seed: number;
  readonly simulatedMs: number;
  readonly events: number;
  readonly ops: number;
  readonly positions: number;
  readonly faults: number;
  readonly faultsByKind: Readonly<Record<string, number>>;
  readonly traceHash: string;
  readonly violations: readonly Violation[];
  readonly record: RunRecord;
};

/** A report without what the checkers looked at. */
export type RunFigures = Omit<RunReport, "record">;

/** Runs one seed from the first boot to the checkers. */
export async function simulate(options: RunOptions): Promise<RunReport> {
  const run = new Run(options);
  await run.play();
  return run.report();
}

/** The cast of one run. */
class Run {
  readonly #seed: number;
  readonly #world: World;
  readonly #profile: Profile;
  readonly #nodes: readonly SimNode[];
  readonly #follower: SimFollower;
  readonly #edge: SimEdge;
  readonly #administrator: Administrator;
  readonly #traders: readonly Trader[];
  readonly #floor: TradingFloor;

  constructor({ seed, print, sabotage, narrowing }: RunOptions) {
    const random = (stream: string) => new Random(seed, stream);
    const scheduler = new Scheduler(new Trace(print ?? null));
    const engine = new LogEngine(scheduler, random("log"));
    this.#seed = seed;
    this.#world = {
      scheduler,
      engine,
      shelf: new SnapshotShelf(),
      recorder: new Recorder(scheduler),
      faults: new FaultCounts(),
      sabotage: sabotage ?? {},
      random,
    };
    const world = this.#world;
    const profile = narrowed(drawProfile(random("profile")), narrowing ?? {});
    this.#profile = profile;
    this.#floor = {
      markets: simulatedMarkets.length,
      hasNewRules: false,
      logTimeMs: 0,
      requestsLeft: narrowing?.requests ?? Number.POSITIVE_INFINITY,
    };
    this.#nodes = regions.map((region, index) => {
      const rulesKnown = profile.rules.oldNodes.includes(index) ? 1 : rulesNewest;
      return new SimNode(world, { index, region, limits: profile.limits, rulesKnown });
    });
    this.#follower = new SimFollower(world, profile.snapshots);
    this.#edge = new SimEdge(world, this.#nodes);
    const admin = new SimClient(world, this.#edge, "admin", "eu");
    this.#administrator = new Administrator(admin, profile.traders, this.#floor);
    this.#traders = Array.from({ length: profile.traders }, (_, index) => {
      const region = regions[index % regions.length]!;
      const client = new SimClient(world, this.#edge, `trader-${index}`, region);
      const account = firstCustomer + index;
      return new Trader(world, client, account, this.#floor, profile.thinkMsMax);
    });
  }

  async play(): Promise<void> {
    const { scheduler, recorder } = this.#world;
    await this.#until(setUpMsMax, () => this.#nodes.every((node) => node.isReady));
    let isSetUp = false;
    const { atMs } = this.#profile.rules;
    this.#administrator.setUp(atMs === 0).then(
      () => {
        isSetUp = true;
      },
      (error: unknown) => recorder.incident("admin", String(error)),
    );
    await this.#until(setUpMsMax, () => isSetUp || recorder.incidents.length > 0);
    if (!isSetUp) {
      recorder.incident("admin", "the venue could not be set up in fair weather");
      return;
    }
    const targets = {
      nodes: this.#nodes,
      follower: this.#follower,
      edge: this.#edge,
      traders: this.#traders,
    };
    const faults = new FaultMaker(this.#world, targets, this.#profile);
    faults.start();
    this.#subscribeNowAndThen();
    const running = this.#startLoad();
    await scheduler.runUntil(scheduler.nowUs + this.#profile.durationMs * 1000);
    faults.stop(calmWeather);
    await this.#heal(running);
  }

  #startLoad(): { count: number } {
    const { scheduler } = this.#world;
    const running = { count: this.#traders.length + 1 };
    const ended = () => {
      running.count--;
    };
    for (const trader of this.#traders) void trader.run().then(ended);
    const { atMs, upgradeAfterMs } = this.#profile.rules;
    if (atMs !== null && atMs > 0) {
      scheduler.after(atMs, () => void this.#administrator.raiseRules());
      scheduler.after(atMs + upgradeAfterMs, () => this.#upgrade());
    }
    const random = this.#world.random("administrator");
    const pause = () =>
      new Promise<void>((resolve) => void scheduler.after(random.skewed(100, 3_000), resolve));
    void this.#administrator.run(pause).then(ended);
    return running;
  }

  /** Every node gets the newest program. */
  #upgrade(): void {
    for (const node of this.#nodes) node.upgrade(rulesNewest);
  }

  /** Liveness: with nothing broken any more, all are answered and all nodes are there again. */
  async #heal(running: { readonly count: number }): Promise<void> {
    const { recorder, engine, scheduler } = this.#world;
    for (const trader of this.#traders) trader.rest();
    this.#administrator.rest();
    this.#upgrade();
    const isWell = () =>
      running.count === 0 &&
      // A standstill of the log may outlast the moment at which faults cease to begin.
      engine.stallLeftMs === 0 &&
      this.#edge.process.alive &&
      recorder.ops.every((op) => op.result !== null) &&
      this.#nodes.every((node) => node.isReady);
    await this.#until(healMsMax, isWell);
    if (!isWell()) recorder.incident("venue", "is not well again after all faults have ended");
    const last = await this.#lastWord();
    if (last !== "applied") recorder.incident("venue", `after the faults a request was ${last}`);
    // What was long given up may still have been on its way to the log.
    await scheduler.runUntil(scheduler.nowUs + 10_000_000);
    for (const node of this.#nodes) node.unsubscribeAll();
    // A moment at which nothing is on its way: idle nodes go on telling the time.
    const isSeen = () => this.#nodes.every(({ replica }) => replica.position >= engine.head);
    await this.#until(calmMs, isSeen);
    for (const node of this.#nodes) this.#writeFinal(node);
  }

  async #lastWord(): Promise<string> {
    const trader = this.#traders[0]!;
    let result = "without an answer";
    void trader.client
      .command("last word", {
        kind: "command",
        lane: "cancel",
        encode: trader.lastWord,
      })
      .then((answer) => {
        result = answer.kind;
      });
    await this.#until(healMsMax, () => result !== "without an answer");
    return result;
  }

  #writeFinal(node: SimNode): void {
    const { recorder, engine } = this.#world;
    if (!node.isReady || node.replica.position < engine.head - 64) {
      const { position } = node.replica;
      recorder.incident(node.name, `is at ${position} of ${engine.head} at the end`);
      return;
    }
    const { venue } = node.replica;
    const { balanced, assets } = venue.audit();
    const text = assets.map(({ code, owed, entered, held, heldByOrders }) =>
      [code, owed, entered, held, heldByOrders].join(" "),
    );
    recorder.finals.push({
      node: node.name,
      position: venue.position,
      hash: venue.hash.join(" "),
      audit: balanced ? "balanced" : `not balanced: ${text.join("; ")}`,
      lines: stateLines(venue, firstCustomer + this.#profile.traders),
    });
  }

  /** Depth subscribers come and go. */
  #subscribeNowAndThen(): void {
    const { scheduler } = this.#world;
    const random = this.#world.random("subscribers");
    const again = () => {
      const node = random.pick(this.#nodes);
      if (random.chance(0.3)) node.unsubscribeAll();
      node.subscribe(random.below(simulatedMarkets.length));
      scheduler.after(random.between(500, 6_000), again);
    };
    scheduler.after(100, again);
  }

  #until(forMs: number, isDone: () => boolean): Promise<void> {
    const { scheduler } = this.#world;
    return scheduler.runUntil(scheduler.nowUs + forMs * 1000, isDone);
  }

  report(): RunReport {
    const { recorder, engine, scheduler, faults } = this.#world;
    const { ops, reads, published, hashMismatches, depthFeeds, finals, incidents } = recorder;
    const record: RunRecord = {
      log: engine.all,
      ops,
      reads,
      published,
      hashMismatches,
      depthFeeds,
      finals,
      incidents,
      markets: simulatedMarkets,
    };
    return {
      seed: this.#seed,
      simulatedMs: Math.round(scheduler.nowUs / 1000),
      events: scheduler.eventCount,
      ops: ops.length,
      positions: engine.head,
      faults: faults.total,
      faultsByKind: faults.byKind(),
      traceHash: scheduler.trace.hash,
      violations: violationsOf(record),
      record,
    };
  }
}
