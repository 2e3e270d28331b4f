import { WordWriter } from "@halcyon/core";
import type { Op, OpResult } from "../record.ts";
import type { Ask } from "../venue/request.ts";
import type { EdgeAnswer, SimEdge } from "../venue/sim-edge.ts";
import type { Random } from "../world/random.ts";
import type { World } from "../world/world.ts";
import type { CommandAsk } from "./commands.ts";

export const regions: readonly string[] = ["eu", "us", "ap"];
const patienceMsMax = 12_000;
const netMsMax = 20;

/** A client's connection to the edge: asks, waits as long as it has patience, and writes down what it was told. */
export class SimClient {
  readonly name: string;
  readonly #world: World;
  readonly #edge: SimEdge;
  readonly #region: string;
  readonly #random: Random;
  /** The newest position in any answer so far: nothing older may be shown to it. */
  seenPosition = 0;

  constructor(world: World, edge: SimEdge, name: string, region: string) {
    this.#world = world;
    this.#edge = edge;
    this.name = name;
    this.#region = region;
    this.#random = world.random(`client ${name}`);
  }

  get random(): Random {
    return this.#random;
  }

  async command(what: string, ask: CommandAsk): Promise<OpResult> {
    const { scheduler, recorder } = this.#world;
    const op = recorder.invoke(this.name, what, contentOf(ask));
    const result = toResult(await this.#ask(ask, op));
    op.returnedAtUs = scheduler.nowUs;
    op.result = result;
    if (result.kind === "applied") {
      this.seenPosition = Math.max(this.seenPosition, result.position);
    }
    scheduler.note(this.name, `is told ${result.kind} of`, op.id);
    return result;
  }

  async read(account: number): Promise<void> {
    const { recorder, scheduler } = this.#world;
    const seenPosition = this.seenPosition;
    const answer = await this.#ask({ kind: "read", account }, null);
    if (answer.kind !== "read") return;
    const { node, position, lines } = answer;
    recorder.reads.push({ client: this.name, node, account, seenPosition, position, lines });
    this.seenPosition = Math.max(this.seenPosition, position);
    scheduler.note(this.name, `reads account ${account} at`, position);
  }

  #ask(ask: Ask, op: Op | null): Promise<EdgeAnswer> {
    const { scheduler } = this.#world;
    const netMs = () => this.#random.skewed(0.1, netMsMax);
    return new Promise((resolve) => {
      let isWaiting = true;
      const end = (answer: EdgeAnswer) => {
        isWaiting = false;
        cancelPatience();
        resolve(answer);
      };
      const patienceMs = this.#random.between(4_000, patienceMsMax);
      const cancelPatience = scheduler.after(patienceMs, () => end({ kind: "unknown" }));
      scheduler.after(netMs(), () =>
        this.#edge.request(
          {
            ask,
            op,
            position: this.seenPosition,
            // Clients travel: what one node showed them another may not have applied yet.
            region: this.#random.chance(0.1) ? this.#random.pick(regions) : this.#region,
            isWanted: () => isWaiting,
          },
          (answer) => void scheduler.after(netMs(), () => end(answer)),
          () => void scheduler.after(netMs(), () => end({ kind: "unknown" })),
        ),
      );
    });
  }
}

function toResult(answer: EdgeAnswer): OpResult {
  switch (answer.kind) {
    case "applied": {
      const { position, logTimeMs, lines, node } = answer;
      return { kind: "applied", position, logTimeMs, lines, node };
    }
    case "declined":
    case "overloaded":
      return { kind: "shed" };
    case "unknown":
      return { kind: "unknown" };
    case "read":
      throw new Error("a command was answered like a read");
  }
}

/** As the reference writes a logged command's content. */
function contentOf(ask: CommandAsk): string {
  const writer = new WordWriter(64);
  ask.encode(writer, {});
  const [head, , , , , ...body] = writer.toWords();
  return [head! & 0xff, ...body].join(" ");
}
