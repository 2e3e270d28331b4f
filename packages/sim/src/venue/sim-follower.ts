import { LogError } from "@halcyon/log";
import {
  LogReplica,
  SnapshotKeeper,
  type SnapshotSchedule,
  type SnapshotWriter,
} from "@halcyon/replica";
import type { Random } from "../world/random.ts";
import { SimClock, WallClock } from "../world/sim-clock.ts";
import { SimLog } from "../world/sim-log.ts";
import { SimProcess } from "../world/sim-process.ts";
import { SimSnapshots } from "../world/sim-snapshots.ts";
import type { World } from "../world/world.ts";
import { Tap } from "./tap.ts";

const restartMsMax = 4_000;

/** The follower: applies like a node, serves nobody, keeps snapshots and trims the log behind them. */
export class SimFollower {
  readonly name = "follower";
  readonly wall = new WallClock();
  process: SimProcess;
  replica: LogReplica;
  readonly #world: World;
  readonly #schedule: SnapshotSchedule;
  readonly #random: Random;

  constructor(world: World, schedule: SnapshotSchedule) {
    this.#world = world;
    this.#schedule = schedule;
    this.#random = world.random("follower");
    [this.process, this.replica] = this.#boot();
  }

  crash(why: string): void {
    if (!this.process.alive) return;
    this.#world.faults.add(why);
    this.#die(why);
  }

  #boot(): [SimProcess, LogReplica] {
    const { scheduler, engine, faults, shelf, recorder, sabotage } = this.#world;
    const process = new SimProcess(this.name, scheduler);
    const log = new SimLog(process, engine, faults);
    const clock = new SimClock(process, this.wall);
    const store = new SimSnapshots(process, shelf, this.#random);
    log.beforeRead = () => sabotage.venue?.(replica.venue, -1);
    const replica = new LogReplica({
      nodeName: this.name,
      nodeId: null,
      log,
      snapshots: store,
      clock,
      incarnation: this.#random.word(),
      limits: { restMs: this.#random.pick([0, 50, 500]) },
      listener: {
        onQuarantine: (reason) => this.#broken(process, `quarantined: ${reason}`),
        onFailure: (error) => this.#failed(process, error),
        onAlarm: (message) => recorder.incident(this.name, `alarm: ${message}`),
      },
    });
    replica.addProjection(new Tap(this.name, recorder, false));
    const keeper = new SnapshotKeeper({
      source: replica,
      store: this.#sabotagedStore(store),
      log,
      clock,
      schedule: this.#schedule,
      onWritten: ({ position, logFirst }) =>
        scheduler.note(this.name, `snapshot ${position}, the log starts at`, logFirst),
      onRefused: (reason) => recorder.incident(this.name, `snapshot refused: ${reason}`),
      onFailed: (error) => recorder.incident(this.name, `snapshot failed: ${error}`),
    });
    scheduler.note(this.name, "starts");
    replica
      .start()
      .then(() => keeper.start())
      .catch((error: unknown) => this.#failed(process, error));
    return [process, replica];
  }

  #sabotagedStore(store: SimSnapshots): SnapshotWriter {
    const change = this.#world.sabotage.snapshot;
    if (change === undefined) return store;
    return {
      positions: () => store.positions(),
      prune: (keep) => store.prune(keep),
      write: (snapshot) => store.write(change(snapshot)),
    };
  }

  #failed(process: SimProcess, error: unknown): void {
    if (!process.alive) return;
    if (error instanceof LogError && error.code === "trimmed") this.#die("fell behind the trim");
    // The port lets these pass: the follower is started again and tries once more.
    else if (error instanceof LogError && error.code === "unavailable")
      this.#die("log unavailable");
    else this.#broken(process, `failed: ${error}`);
  }

  #broken(process: SimProcess, what: string): void {
    if (!process.alive) return;
    this.#world.recorder.incident(this.name, what);
    this.#die("ends itself");
  }

  #die(why: string): void {
    const { scheduler } = this.#world;
    scheduler.note(this.name, "dies:", why);
    this.process.kill();
    scheduler.after(this.#random.skewed(50, restartMsMax), () => {
      [this.process, this.replica] = this.#boot();
    });
  }
}
