import { BatchError, readEvents, refusal, type Venue } from "@halcyon/core";
import { LogError } from "@halcyon/log";
import { LogReplica, type ReplicaLimits } from "@halcyon/replica";
import { internalsOf, replace } from "../plants/core-internals.ts";
import { eventLine } from "../reference/event-line.ts";
import type { Random } from "../world/random.ts";
import { SimClock, WallClock } from "../world/sim-clock.ts";
import { SimLog } from "../world/sim-log.ts";
import { SimProcess } from "../world/sim-process.ts";
import { SimSnapshots } from "../world/sim-snapshots.ts";
import type { World } from "../world/world.ts";
import { asOldProgram, rulesNewest, UnknownRulesError } from "./old-program.ts";
import type { NodeAnswer, NodeRequest } from "./request.ts";
import { accountLines } from "./state-lines.ts";
import { Tap } from "./tap.ts";

/** The moments at which the outside can tell whether a node still lived: between two of them a crash is the same crash. */
export const crashPoints = [
  "before append",
  "after append",
  "before answer",
  "after answer",
] as const;
export type CrashPoint = (typeof crashPoints)[number];

const positionWaitMs = 2_000;
const restartMsMax = 4_000;

export type NodeOptions = {
  readonly index: number;
  readonly region: string;
  readonly limits: Partial<ReplicaLimits>;
  readonly rulesKnown: number;
};

/** A node's machine with its supervisor: a process on it lives, dies, and is started again. */
export class SimNode {
  readonly name: string;
  readonly region: string;
  readonly index: number;
  readonly wall = new WallClock();
  process: SimProcess;
  replica: LogReplica;
  #tap: Tap;
  /** The next time it comes to this point, it crashes there. */
  armed: CrashPoint | null = null;
  isListening = false;
  cutUntilUs = 0;
  readonly #world: World;
  readonly #limits: Partial<ReplicaLimits>;
  readonly #random: Random;
  /** The newest rules that its program knows. */
  #rulesKnown: number;

  constructor(world: World, { index, region, limits, rulesKnown }: NodeOptions) {
    this.#world = world;
    this.index = index;
    this.region = region;
    this.name = `${region}-1`;
    this.#limits = limits;
    this.#rulesKnown = rulesKnown;
    this.#random = world.random(`node ${index}`);
    [this.process, this.replica, this.#tap] = this.#boot();
  }

  get isReady(): boolean {
    return this.process.alive && this.isListening && this.replica.health().ok;
  }

  crash(why: string): void {
    if (!this.process.alive) return;
    this.#world.faults.add(why);
    this.#die(why);
  }

  /** An orderly stop, as a rolling restart makes it. */
  drain(): void {
    const { process } = this;
    if (!process.alive || !this.isListening) return;
    this.#world.faults.add("drained");
    void this.replica.stop().then(() => {
      if (process.alive) this.#die("drained");
    });
  }

  /** A newer program is there from the next start on, which comes now. */
  upgrade(rulesKnown: number): void {
    if (this.#rulesKnown === rulesKnown) return;
    this.#rulesKnown = rulesKnown;
    if (this.process.alive) this.#die("gets a newer program");
  }

  /** Answers by the callback; not at all when the process dies first. */
  serve(request: NodeRequest, answer: (answer: NodeAnswer) => void): void {
    const { process } = this;
    void this.#answer(request).then((result) => {
      this.#reach("before answer");
      if (!process.alive) return;
      answer(result);
      this.#reach("after answer");
    });
  }

  subscribe(market: number): void {
    if (this.isReady) this.#tap.subscribe(this.replica.venue, market);
  }
  unsubscribeAll(): void {
    this.#tap.unsubscribeAll();
  }

  async #answer(request: NodeRequest): Promise<NodeAnswer> {
    const { replica, name } = this;
    const flaws = this.#world.sabotage.node ?? {};
    if (flaws.readsStale !== true && !(await replica.waitFor(request.position, positionWaitMs))) {
      return { kind: "declined" };
    }
    const { ask, requestId, attempt } = request;
    if (ask.kind === "read") {
      const { venue } = replica;
      const position = venue.position + (flaws.overstatesPosition === true ? 1 : 0);
      const lines = accountLines(venue, ask.account, venue.assets.all().length);
      return { kind: "read", node: name, position, lines };
    }
    if (flaws.answersBeforeDurable === true && this.#random.chance(0.02)) {
      const { position: before, logTimeMs } = replica.venue;
      void replica.submit(ask.lane, (w) => ask.encode(w, { requestId, retry: attempt > 0 }));
      return { kind: "applied", node: name, position: before + 1, logTimeMs, lines: [] };
    }
    const outcome = await replica.submit(ask.lane, (writer) =>
      ask.encode(writer, { requestId, retry: attempt > 0 }),
    );
    if (outcome.kind === "shed") return { kind: "declined" };
    if (outcome.kind === "unknown") {
      return { kind: flaws.unknownIsShed === true ? "declined" : "unknown" };
    }
    const { position, logTimeMs, events } = outcome;
    const lines = readEvents(events, 0, events.length).map(eventLine);
    return { kind: "applied", node: name, position, logTimeMs, lines };
  }

  #boot(): [SimProcess, LogReplica, Tap] {
    const { scheduler, engine, faults, shelf, recorder, sabotage } = this.#world;
    const process = new SimProcess(this.name, scheduler);
    const simLog = new SimLog(process, engine, faults);
    simLog.beforeAppend = () => this.#reach("before append");
    simLog.afterAppend = () => this.#reach("after append");
    simLog.beforeRead = () => this.#plant(replica.venue);
    const program = asOldProgram(
      sabotage.node?.ignoresNewRules === true ? rulesNewest : this.#rulesKnown,
      sabotage.log?.(simLog, this.index) ?? simLog,
      new SimSnapshots(process, shelf, this.#random),
    );
    const replica = new LogReplica({
      nodeName: this.name,
      nodeId: this.index,
      ...program,
      limits: this.#limits,
      clock: new SimClock(process, this.wall),
      incarnation: this.#random.word(),
      listener: {
        onQuarantine: (reason) => this.#broken(process, `quarantined: ${reason}`),
        onFailure: (error) => this.#failed(process, error),
        onAlarm: (message) => this.#alarmed(message),
        onProjectionFailure: (_, error) => recorder.incident(this.name, `projection: ${error}`),
      },
    });
    const tap = new Tap(this.name, recorder, sabotage.node?.dropsDepth ?? false);
    replica.addProjection(tap);
    scheduler.note(this.name, "starts");
    replica.start().then(
      () => {
        if (!process.alive) return;
        this.isListening = true;
      },
      (error: unknown) => this.#failed(process, error),
    );
    return [process, replica, tap];
  }

  /** A plant that cannot be planted ends everything: no checker may take that for a find. */
  #plant(venue: Venue): void {
    const { sabotage } = this.#world;
    try {
      sabotage.venue?.(venue, this.index);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
    if (sabotage.node?.ignoresNewRules === true && this.#rulesKnown < rulesNewest) {
      replace(internalsOf(venue).registry, "setRulesVersion", () => () => refusal.malformedCommand);
    }
  }

  /** A batch of its former self that arrives late looks to a node like an impostor's: no harm is done. */
  #alarmed(message: string): void {
    const { recorder, engine, scheduler } = this.#world;
    const isGhost = message.startsWith("another process writes") && engine.ghosts.has(this.name);
    if (isGhost) scheduler.note(this.name, "alarm:", message);
    else recorder.incident(this.name, `alarm: ${message}`);
  }

  /** The log may be trimmed past a node that fell behind: it starts again from a snapshot. All else is a bug. */
  #failed(process: SimProcess, error: unknown): void {
    if (!process.alive) return;
    if (error instanceof LogError && error.code === "trimmed") this.#die("fell behind the trim");
    else if (this.#stopsBeforeRules(error)) this.crash("stops before rules it does not know");
    else this.#broken(process, `failed: ${error}`);
  }

  /** An old program meets newer rules, in the log or in a snapshot. */
  #stopsBeforeRules(error: unknown): boolean {
    const isOfRules =
      error instanceof UnknownRulesError ||
      (error instanceof BatchError && error.code === "unknown-command");
    return isOfRules && this.#rulesKnown < rulesNewest;
  }

  #broken(process: SimProcess, what: string): void {
    if (!process.alive) return;
    this.#world.recorder.incident(this.name, what);
    this.#die("ends itself");
  }

  #reach(point: CrashPoint): void {
    if (this.armed !== point || !this.process.alive) return;
    this.armed = null;
    this.crash(`crash ${point}`);
  }

  #die(why: string): void {
    const { scheduler } = this.#world;
    scheduler.note(this.name, "dies:", why);
    this.isListening = false;
    this.armed = null;
    this.process.kill();
    scheduler.after(this.#random.skewed(50, restartMsMax), () => {
      [this.process, this.replica, this.#tap] = this.#boot();
    });
  }
}
