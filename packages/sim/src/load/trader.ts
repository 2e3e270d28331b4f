import { encodeCancelAll } from "@halcyon/core";
import type { OpResult } from "../record.ts";
import type { World } from "../world/world.ts";
import { type CommandAsk, type KnownOrder, OrderMaker } from "./commands.ts";
import type { SimClient } from "./sim-client.ts";
import type { TradingFloor } from "./trading-floor.ts";

const knownMax = 60;
const acceptedPattern =
  /^accepted #(\d+) account \d+ market (\d+) side \d type \d tif \d (\d+) @ .* list (\d+) pending \w+ id "(.*)"$/;

/** One account with one client: trades, cancels, reads, and thinks in between. */
export class Trader {
  readonly client: SimClient;
  readonly account: number;
  readonly #world: World;
  readonly #maker: OrderMaker;
  readonly #thinkMsMax: number;
  readonly #floor: TradingFloor;
  #known: KnownOrder[] = [];
  #isActive = true;

  constructor(
    world: World,
    client: SimClient,
    account: number,
    floor: TradingFloor,
    thinkMsMax: number,
  ) {
    this.#world = world;
    this.client = client;
    this.account = account;
    this.#thinkMsMax = thinkMsMax;
    this.#floor = floor;
    this.#maker = new OrderMaker(client.random, account, client.name, floor);
  }

  /** Ends when it was told to rest and its last answer has come. */
  async run(): Promise<void> {
    while (this.#isActive) {
      if (this.client.random.chance(0.15)) await this.client.read(this.account);
      else await this.ask();
      const thinkMs = this.client.random.skewed(1, this.#thinkMsMax);
      await new Promise<void>((resolve) => void this.#world.scheduler.after(thinkMs, resolve));
    }
  }

  /** A command that does no harm, to see whether it is answered. */
  readonly lastWord: CommandAsk["encode"] = (w, origin) =>
    encodeCancelAll(w, origin, { account: this.account, market: -1 });

  rest(): void {
    this.#isActive = false;
  }

  /** One command; several may be under way at once. */
  async ask(): Promise<void> {
    if (this.#floor.requestsLeft-- <= 0) return;
    const { what, ask } = this.#maker.next(this.#known);
    this.#learn(await this.client.command(what, ask));
  }

  #learn(result: OpResult): void {
    if (result.kind !== "applied") return;
    this.#floor.logTimeMs = Math.max(this.#floor.logTimeMs, result.logTimeMs);
    for (const line of result.lines) {
      const accepted = acceptedPattern.exec(line);
      if (accepted !== null) {
        const [, orderId, market, lots, listId, clientOrderId] = accepted;
        this.#known.push({
          orderId: Number(orderId),
          market: Number(market),
          lots: Number(lots),
          clientOrderId: clientOrderId!,
          listId: Number(listId),
        });
      }
    }
    // Old ones stay for a while: cancels of orders that are gone are part of life.
    if (this.#known.length > knownMax) this.#known = this.#known.slice(-knownMax / 2);
  }
}
