import { selfTradeMode, type TradePreventedEvent } from "@halcyon/core";
import type { Prevention } from "./listener.ts";
import type { ViewState } from "./view-state.ts";

/**
 * Takes in matches that self-trade prevention kept from trading. An order that lives on is told at
 * once; one that dies of it is told when the log closes it, with what is kept for that here.
 */
export class PreventionIntake {
  readonly #state: ViewState;
  readonly #dying = new Map<number, Prevention>();

  constructor(state: ViewState) {
    this.#state = state;
  }

  /** Calls back with each order that lost lots and lives on. */
  add(
    event: TradePreventedEvent,
    timeMs: number,
    onSurvivor: (row: number, prevention: Prevention) => void,
  ): void {
    const { orders, preventedMatches } = this.#state;
    const { preventedMatchId, priceTicks, takerOrderId, makerOrderId, mode } = event;
    preventedMatches.add(event, timeMs);
    const takerRow = orders.row(takerOrderId);
    const makerRow = orders.row(makerOrderId);
    const { rows } = orders;
    const lots = Math.min(rows.remainingLots(takerRow), rows.remainingLots(makerRow));
    const lose = (row: number, lostLots: number, counterOrderId: number): void => {
      orders.prevent(row, preventedMatchId, lostLots, timeMs);
      const prevention = { preventedMatchId, priceTicks, lots, lostLots, counterOrderId };
      if (rows.remainingLots(row) > 0 && !rows.isByQuote(row)) onSurvivor(row, prevention);
      else this.#dying.set(rows.orderId(row), prevention);
    };
    // A market order by quote quantity has no lots to lose, but it may end.
    const takerEnds = mode === selfTradeMode.expireTaker || mode === selfTradeMode.expireBoth;
    if (takerEnds || event.takerPreventedLots > 0) {
      lose(takerRow, event.takerPreventedLots, makerOrderId);
    }
    if (event.makerPreventedLots > 0) lose(makerRow, event.makerPreventedLots, takerOrderId);
  }

  /** What an order died of that is now closed; null: of something else. */
  ended(orderId: number): Prevention | null {
    const prevention = this.#dying.get(orderId) ?? null;
    this.#dying.delete(orderId);
    return prevention;
  }
}
