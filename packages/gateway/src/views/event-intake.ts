import { eventLengthWords, type MoneyEvent } from "@halcyon/core";
import type { CommandContext, CommandEvents } from "@halcyon/replica";
import { sessionKeyName } from "../auth/session-key.ts";
import type { Announcer } from "./announcer.ts";
import { eachBalanceChange } from "./balance-change.ts";
import { isOrderEvent, OrderIntake } from "./order-intake.ts";
import type { ViewState } from "./view-state.ts";

/** Takes one command's events into the state, and has the changes told in the same order. */
export class EventIntake {
  readonly #state: ViewState;
  readonly #announcer: Announcer;
  readonly #orders: OrderIntake;

  constructor(state: ViewState, announcer: Announcer) {
    this.#state = state;
    this.#announcer = announcer;
    this.#orders = new OrderIntake(state, announcer);
  }

  command(context: CommandContext, events: CommandEvents): void {
    const { words, end } = events;
    const { logTimeMs } = context;
    let index = 0;
    for (let at = events.start; at < end; at += eventLengthWords(words, at)) {
      if (isOrderEvent(words, at)) this.#orders.take(events, at, index, logTimeMs);
      else this.#take(events, index, logTimeMs);
      index++;
    }
    this.#orders.commandEnd();
    if (this.#announcer.isHeard) this.#announcer.commandEnd(context);
  }

  #take(events: CommandEvents, index: number, timeMs: number): void {
    const event = events.all[index]!;
    switch (event.type) {
      case "deposited":
      case "withdrawn":
        this.#state.transfers.add(event, timeMs);
        this.#tellBalances(event, timeMs);
        break;
      case "transferred":
        this.#tellBalances(event, timeMs);
        break;
      case "marketCreated":
      case "marketStateChanged":
      case "marketFeesChanged":
      case "marketRulesChanged":
        if (this.#announcer.isHeard) this.#announcer.market(event.market);
        break;
      case "keyRevoked":
        if (this.#announcer.isHeard) this.#announcer.keyRevoked(event.account, event.name);
        break;
      case "sessionChanged":
        if (event.expiresAtMs === 0 && this.#announcer.isHeard) {
          this.#announcer.keyRevoked(event.account, sessionKeyName(event.id));
        }
        break;
      case "personChanged":
      case "transferRefused":
      case "refused":
      case "assetCreated":
      case "accountCreated":
      case "accountFlagsChanged":
      case "accountFeesChanged":
      case "keyCreated":
      case "feeTierChanged":
      case "accountTierChanged":
      case "rulesVersionChanged":
      // Taken by the orders' intake.
      case "orderAccepted":
      case "fill":
      case "orderClosed":
      case "orderReduced":
      case "orderActivated":
      case "tradePrevented":
      case "orderAmended":
      case "listOpened":
      case "listClosed":
        break;
    }
  }

  #tellBalances(event: MoneyEvent, timeMs: number): void {
    if (!this.#announcer.isHeard) return;
    eachBalanceChange(event, timeMs, (change) => this.#announcer.balance(change));
  }
}
