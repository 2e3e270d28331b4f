import type { Trader } from "./load/trader.ts";
import type { FaultKind, Profile } from "./profile.ts";
import type { SimEdge } from "./venue/sim-edge.ts";
import type { SimFollower } from "./venue/sim-follower.ts";
import { crashPoints, type SimNode } from "./venue/sim-node.ts";
import type { Random } from "./world/random.ts";
import type { SimProcess } from "./world/sim-process.ts";
import type { World } from "./world/world.ts";

export type Targets = {
  readonly nodes: readonly SimNode[];
  readonly follower: SimFollower;
  readonly edge: SimEdge;
  readonly traders: readonly Trader[];
};

const hourMs = 3_600_000;

/** Breaks things, one after the other, for as long as it may. */
export class FaultMaker {
  readonly #world: World;
  readonly #targets: Targets;
  readonly #profile: Profile;
  readonly #random: Random;
  #isActive = true;

  constructor(world: World, targets: Targets, profile: Profile) {
    this.#world = world;
    this.#targets = targets;
    this.#profile = profile;
    this.#random = world.random("faults");
  }

  start(): void {
    this.#world.engine.weather = this.#profile.weather;
    if (this.#profile.faultKinds.length > 0) this.#next();
  }

  /** From now on nothing new breaks, and clocks, cuts and the log are whole again. */
  stop(weather: Profile["weather"]): void {
    this.#isActive = false;
    this.#world.engine.weather = weather;
    for (const node of this.#targets.nodes) {
      node.wall.heal();
      node.armed = null;
      node.cutUntilUs = 0;
    }
    this.#targets.follower.wall.heal();
    this.#targets.edge.wall.heal();
  }

  #next(): void {
    const pauseMs = this.#random.unit() * 2 * this.#profile.faultPauseMs;
    this.#world.scheduler.after(pauseMs, () => {
      if (!this.#isActive) return;
      this.#make(this.#random.pick(this.#profile.faultKinds));
      this.#next();
    });
  }

  #make(kind: FaultKind): void {
    const { nodes, follower, edge } = this.#targets;
    const node = this.#random.pick(nodes);
    const deeds: Readonly<Record<FaultKind, () => void>> = {
      "kill node": () => node.crash(kind),
      "crash at a point": () => {
        node.armed = this.#random.pick(crashPoints);
      },
      "kill all nodes": () => {
        if (this.#random.chance(0.3)) for (const each of nodes) each.crash(kind);
      },
      "drain node": () => node.drain(),
      "kill follower": () => follower.crash(kind),
      "kill edge": () => edge.crash(kind),
      "pause node": () => this.#pause(kind, node.process),
      "pause follower": () => this.#pause(kind, follower.process),
      "cut node": () => this.#cut(kind, node),
      "stall log": () =>
        this.#did(kind, () => this.#world.engine.stall(this.#random.skewed(50, 7_000))),
      "damage snapshot": () => this.#damageSnapshot(),
      "clock jumps": () => this.#breakClock(kind, node),
      "clock stops": () => this.#breakClock(kind, node),
      "clock drifts": () => this.#breakClock(kind, node),
      burst: () => this.#burst(),
    };
    deeds[kind]();
  }

  #pause(kind: FaultKind, process: SimProcess): void {
    this.#did(kind, () => process.pause(this.#random.skewed(20, 9_000)));
  }

  #cut(kind: FaultKind, node: SimNode): void {
    this.#did(kind, () => {
      const forUs = this.#random.skewed(50, 6_000) * 1000;
      node.cutUntilUs = this.#world.scheduler.nowUs + forUs;
    });
  }

  #did(kind: string, fault: () => void): void {
    this.#world.faults.add(kind);
    this.#world.scheduler.note("faults", kind);
    fault();
  }

  /** Any kept snapshot but the last good one: with none left and a trimmed log there is nothing to restart from. */
  #damageSnapshot(): void {
    const { shelf } = this.#world;
    if (shelf.goodCount < 2) return;
    const position = this.#random.pick(shelf.positions());
    this.#did("damage snapshot", () => {
      shelf.kept.get(position)!.damaged = true;
    });
  }

  /** At most one node's clock is wrong at a time, by any amount; and the edge's by a little. */
  #breakClock(kind: FaultKind, node: SimNode): void {
    const nowMs = this.#world.scheduler.nowUs / 1000;
    for (const each of this.#targets.nodes) each.wall.heal();
    this.#did(kind, () => {
      if (kind === "clock stops") node.wall.freeze(nowMs);
      else if (kind === "clock drifts")
        node.wall.drift(this.#random.between(-50_000, 50_000), nowMs);
      else node.wall.jump(this.#random.between(-hourMs, hourMs));
      this.#targets.edge.wall.jump(this.#random.between(-2_000, 2_000));
    });
  }

  #burst(): void {
    this.#did("burst", () => {
      const trader = this.#random.pick(this.#targets.traders);
      const count = this.#random.between(5, 80);
      for (let i = 0; i < count; i++) void trader.ask();
    });
  }
}
