import type { RequestId } from "@halcyon/core";
import { ClientNetworks, type NodeState, orderOf, planTraffic } from "@halcyon/edge";
import type { Op } from "../record.ts";
import { hex } from "../reference/command-reader.ts";
import type { Random } from "../world/random.ts";
import { SimClock, WallClock } from "../world/sim-clock.ts";
import { SimProcess } from "../world/sim-process.ts";
import type { World } from "../world/world.ts";
import type { Ask, NodeAnswer } from "./request.ts";
import type { SimNode } from "./sim-node.ts";

/** As in the edge's `DEFAULT_LIMITS`; the rounds as in its forwarder. */
const attemptTimeoutMs = 3_000;
const totalTimeoutMs = 10_000;
const attemptsMax = 24;
const probeIntervalMs = 250;
const roundPauseMsMin = 20;
const roundPauseMsMax = 400;
const netMsMax = 3;
const restartMsMax = 1_500;
/** Clients here say where they are. */
const networks = new ClientNetworks([]);

export type EdgeAnswer = NodeAnswer | { readonly kind: "overloaded" };
type AttemptResult = NodeAnswer | { readonly kind: "unsent" };
type Progress = { attempts: number; mayHaveRun: boolean; declined: boolean };
type Forward = {
  readonly ask: Ask;
  readonly op: Op | null;
  readonly position: number;
  readonly region: string;
  readonly isWanted: () => boolean;
};

/**
 * The edge's retry logic over simulated nodes: the real traffic plan, and the forwarder's rules once
 * more, since that one speaks HTTP. One request id for all attempts of a request.
 */
export class SimEdge {
  readonly wall = new WallClock();
  process: SimProcess;
  readonly #world: World;
  readonly #nodes: readonly SimNode[];
  readonly #random: Random;
  readonly #states = new Map<string, NodeState>();
  #clock: SimClock;
  #turn = 0;

  constructor(world: World, nodes: readonly SimNode[]) {
    this.#world = world;
    this.#nodes = nodes;
    this.#random = world.random("edge");
    [this.process, this.#clock] = this.#boot();
  }

  crash(why: string): void {
    if (!this.process.alive) return;
    const { scheduler, faults } = this.#world;
    faults.add(why);
    scheduler.note("edge", "dies:", why);
    this.process.kill();
    scheduler.after(this.#random.skewed(20, restartMsMax), () => {
      [this.process, this.#clock] = this.#boot();
    });
  }

  /** The callback is called once, unless the edge dies first: then `onLost` is. */
  request(forward: Forward, onAnswer: (answer: EdgeAnswer) => void, onLost: () => void): void {
    const { process } = this;
    if (!process.alive) {
      onLost();
      return;
    }
    const forget = process.onDeath(onLost);
    void this.#forward(process, forward).then((answer) => {
      if (!process.alive) return;
      forget();
      onAnswer(answer);
    });
  }

  async #forward(process: SimProcess, request: Forward): Promise<EdgeAnswer> {
    const deadlineMs = this.#clock.nowMs() + totalTimeoutMs;
    const progress: Progress = { attempts: 0, mayHaveRun: false, declined: false };
    const requestId = this.#newRequestId(request.op);
    for (let pauseMs = roundPauseMsMin; ; pauseMs = Math.min(pauseMs * 2, roundPauseMsMax)) {
      for (const node of this.#order(request.region)) {
        const answer = await this.#attempt(process, node, request, requestId, progress, deadlineMs);
        if (answer !== null) return answer;
        const isOver =
          progress.attempts >= attemptsMax ||
          this.#clock.nowMs() >= deadlineMs ||
          !request.isWanted();
        if (isOver) return this.#giveUp(progress);
      }
      if (progress.declined) return this.#giveUp(progress);
      if (this.#clock.nowMs() + pauseMs >= deadlineMs) return this.#giveUp(progress);
      await new Promise<void>((resolve) => void process.after(pauseMs, resolve));
    }
  }

  async #attempt(
    process: SimProcess,
    node: SimNode,
    request: Forward,
    firstId: RequestId,
    progress: Progress,
    deadlineMs: number,
  ): Promise<EdgeAnswer | null> {
    const flaws = this.#world.sabotage.edge ?? {};
    const attempt = progress.attempts++;
    const fresh = attempt > 0 && flaws.newIdPerAttempt === true;
    const requestId = fresh ? this.#newRequestId(request.op) : firstId;
    const timeoutMs = Math.min(attemptTimeoutMs, deadlineMs - this.#clock.nowMs());
    const { ask, position } = request;
    const sent = { ask, requestId, attempt, position };
    const result = await this.#send(process, node, sent, timeoutMs);
    if (result.kind === "declined") {
      progress.declined = true;
      return null;
    }
    if (result.kind === "applied" || result.kind === "read") return result;
    if (result.kind === "unknown") {
      // A node that says so itself is an answer; a connection that broke is a reason to try another.
      if (result.isNodesWord) return { kind: "unknown" };
      if (flaws.timeoutIsNotExecuted !== true) progress.mayHaveRun = true;
    }
    this.#states.set(node.name, "suspect");
    return null;
  }

  #giveUp(progress: Progress): EdgeAnswer {
    const flaws = this.#world.sabotage.edge ?? {};
    if (progress.mayHaveRun && flaws.forgetsMayHaveRun !== true) return { kind: "unknown" };
    return { kind: progress.declined ? "declined" : "overloaded" };
  }

  #send(
    process: SimProcess,
    node: SimNode,
    request: Parameters<SimNode["serve"]>[0],
    timeoutMs: number,
  ): Promise<
    Exclude<AttemptResult, { kind: "unknown" }> | { kind: "unknown"; isNodesWord: boolean }
  > {
    const { scheduler } = this.#world;
    const netMs = () => this.#random.skewed(0.05, netMsMax);
    return new Promise((resolve) => {
      let forget = () => {};
      const isCut = () => node.cutUntilUs > scheduler.nowUs;
      const lost = () => resolve({ kind: "unknown", isNodesWord: false });
      process.after(timeoutMs, () => {
        forget();
        lost();
      });
      process.after(netMs(), () => {
        if (isCut()) return;
        if (!node.process.alive || !node.isListening) {
          resolve({ kind: "unsent" });
          return;
        }
        forget = node.process.onDeath(() => void process.after(netMs(), lost));
        node.process.after(0, () =>
          node.serve(request, (answer) => {
            if (isCut()) return;
            process.after(netMs(), () => {
              forget();
              if (answer.kind === "unknown") resolve({ kind: "unknown", isNodesWord: true });
              else resolve(answer);
            });
          }),
        );
      });
    });
  }

  #order(region: string): SimNode[] {
    const nodes = this.#nodes.map((node) => ({
      name: node.name,
      region: node.region,
      state: this.#states.get(node.name) ?? "unknown",
      latencyMs: null,
      load: null,
      weight: 100,
    }));
    const regions = this.#nodes.map((node) => ({ name: node.region, distances: {} }));
    const plan = planTraffic({
      regions,
      nodes,
      networks,
      client: { statedRegion: region, address: null },
      edgeRegion: regions[0]!.name,
    });
    const byName = new Map(this.#nodes.map((node) => [node.name, node]));
    return orderOf(plan, this.#turn++).map(({ name }) => byName.get(name)!);
  }

  #newRequestId(op: Op | null): RequestId {
    const draw = this.#random;
    const timeMs = this.#clock.wallMs();
    const isReused = this.#world.sabotage.edge?.reusesIds === true && draw.chance(0.02);
    const tail = isReused ? 7 : draw.word();
    const id: RequestId = [
      Math.floor(timeMs / 65_536) | 0,
      ((timeMs % 65_536) << 16) | 0x7000 | (isReused ? 7 : draw.below(4096)),
      0x80000000 | (isReused ? 7 : draw.below(1 << 30)),
      tail,
    ];
    op?.requestIds.add(id.map(hex).join(""));
    return id;
  }

  #boot(): [SimProcess, SimClock] {
    const { scheduler } = this.#world;
    const process = new SimProcess("edge", scheduler);
    const clock = new SimClock(process, this.wall);
    scheduler.note("edge", "starts");
    clock.every(probeIntervalMs, () => {
      for (const node of this.#nodes) {
        const isUp = node.isReady && node.cutUntilUs <= scheduler.nowUs;
        this.#states.set(node.name, isUp ? "healthy" : "down");
      }
    });
    return [process, clock];
  }
}
