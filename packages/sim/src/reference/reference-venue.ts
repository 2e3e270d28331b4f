import { closeReason, refusal } from "@halcyon/core";
import type { Cancel, Command, LoggedBatch, LoggedCommand, Order } from "./commands.ts";
import { amend, cancel, cancelAll, reduce } from "./reference-changes.ts";
import { alone, refuseOrder } from "./reference-checks.ts";
import { closeExpired } from "./reference-closing.ts";
import { cancelList, placeList } from "./reference-lists.ts";
import { passTime } from "./reference-markets.ts";
import { ReferenceMoney } from "./reference-money.ts";
import { accept, sayAccepted } from "./reference-orders.ts";
import { administer } from "./reference-registry.ts";
import { ReferenceState } from "./reference-state.ts";
import { begin, goOn } from "./reference-stops.ts";
import { ReferenceTransfers } from "./reference-transfers.ts";

/** What one command led to. */
export type Outcome = { readonly lines: readonly string[]; readonly repeated: boolean };
export type BatchOutcome = {
  /** What happened before the first command, by time alone. */
  readonly start: readonly string[];
  readonly commands: readonly Outcome[];
};

const cancelReplaceType = 23;
const stage = { whole: 0, cancel: 1, place: 2 } as const;
const sinceVersionTwo: readonly Command["kind"][] = [
  "setMarketRules",
  "setFeeTier",
  "setAccountTier",
  "transfer",
  "amendOrder",
  "placeOrderList",
  "cancelOrderList",
];

/**
 * The rules of docs/rules.md once more, naively: bigints, arrays, scans; slow and plain. It shares no
 * code with the core, only the numbers by which refusals and reasons are known. Where the two differ,
 * one of them is wrong.
 */
export class ReferenceVenue {
  readonly state = new ReferenceState();
  readonly transfers = new ReferenceTransfers();
  readonly #money = new ReferenceMoney(this.transfers);
  readonly #answered = new Map<string, readonly string[]>();

  applyBatch(batch: LoggedBatch): BatchOutcome {
    const s = this.state;
    s.clock.advance(batch.nodeId, batch.timeMs);
    this.transfers.expire(s);
    closeExpired(s);
    passTime(s);
    const start = this.#takeLines();
    return { start, commands: batch.commands.map((command) => this.#applyOnce(command)) };
  }

  #applyOnce(logged: LoggedCommand): Outcome {
    const before = this.#answered.get(logged.requestId);
    if (before !== undefined) return { lines: before, repeated: true };
    const refused = this.#apply(logged.command);
    if (refused !== 0) this.#sayRefused(refused, stage.whole, logged.typeNumber);
    for (const market of this.state.markets) goOn(this.state, market);
    const lines = this.#takeLines();
    if (logged.requestId !== "") this.#answered.set(logged.requestId, lines);
    return { lines, repeated: false };
  }

  #takeLines(): readonly string[] {
    const { lines } = this.state;
    this.state.lines = [];
    return lines;
  }

  #sayRefused(code: number, at: number, typeNumber: number): void {
    this.state.say(`refused ${code} stage ${at} type ${typeNumber}`);
  }

  /** Returns the refusal, or 0. */
  #apply(c: Command): number {
    const s = this.state;
    if (s.rulesVersion < 2 && sinceVersionTwo.includes(c.kind)) return refusal.notInTheseRules;
    switch (c.kind) {
      case "people":
      case "tick":
      case "changeKeys":
        return 0;
      case "placeOrder":
        return this.#place(c.order);
      case "cancelOrder":
        return cancel(s, c.cancel, closeReason.cancelled);
      case "cancelAll":
        return cancelAll(s, c.account, c.market);
      case "cancelReplace":
        return this.#cancelReplace(c.allowFailure, c.cancel, c.order);
      case "reduceOrder":
        return reduce(s, c, c.by);
      case "amendOrder":
        return amend(s, c, c.newLots, c.newClientOrderId);
      case "placeOrderList":
        return placeList(s, c.list);
      case "cancelOrderList":
        return cancelList(s, c);
      case "moveMoney":
        return this.#money.move(s, c.move);
      case "transfer":
        return this.transfers.apply(s, c.payments);
      default:
        return administer(s, c);
    }
  }

  #place(o: Order): number {
    const s = this.state;
    const refused = refuseOrder(s, o, alone);
    if (refused !== 0) return refused;
    const order = accept(s, o, null, false);
    sayAccepted(s, order);
    begin(s, order);
    return 0;
  }

  #cancelReplace(allowFailure: boolean, c: Cancel, order: Order): number {
    const unknown = cancel(this.state, c, closeReason.replaced);
    if (unknown !== 0) this.#sayRefused(unknown, stage.cancel, cancelReplaceType);
    const isTried = unknown === 0 || allowFailure;
    const refused = isTried ? this.#place(order) : refusal.newOrderNotAttempted;
    if (refused !== 0) this.#sayRefused(refused, stage.place, cancelReplaceType);
    return 0;
  }
}
