import {
  type Activation,
  activation,
  type OrderAcceptedEvent,
  type OrderType,
  orderType,
} from "@halcyon/core";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import type { OrderExtras } from "./records.ts";

/** Of an order that has nothing beyond the plain ones. */
export const noExtras: OrderExtras = {
  stopPriceTicks: 0,
  trailingDeltaBips: 0,
  trailingTimeMs: 0,
  icebergLots: 0,
  expireAtMs: 0,
  strategyId: 0,
  strategyType: 0,
  orderListId: 0,
  isPending: false,
  preventedLots: 0,
  preventedMatchId: 0,
};

/** With when the order began to work: of one without extras, when it was accepted. */
export type WorkingExtras = OrderExtras & { readonly workingTimeMs: number };

/** Right after the order's acceptance; undefined for a plain order. */
export function acceptedExtras(
  event: OrderAcceptedEvent,
  timeMs: number,
): WorkingExtras | undefined {
  const { terms } = event;
  if (terms === null) return undefined;
  const { listId: orderListId, ...rest } = terms;
  const extras = { ...noExtras, ...rest, orderListId, workingTimeMs: 0 };
  return terms.isPending ? extras : placedExtras(extras, event.orderType, timeMs);
}

/** The same order after it went on. */
export function activatedExtras(
  extras: WorkingExtras,
  type: OrderType,
  step: Activation,
  timeMs: number,
): WorkingExtras {
  switch (step) {
    case activation.placed:
      return placedExtras({ ...extras, isPending: false }, type, timeMs);
    case activation.tracking:
      return { ...extras, trailingTimeMs: timeMs };
    case activation.triggered:
      return { ...extras, workingTimeMs: timeMs };
  }
}

/** An order that is not pending works, unless it is a stop; one that trails from no price begins to. */
function placedExtras(extras: WorkingExtras, type: OrderType, timeMs: number): WorkingExtras {
  if (type < orderType.stopLoss) return { ...extras, workingTimeMs: timeMs };
  const tracks = extras.trailingDeltaBips > 0 && extras.stopPriceTicks === 0;
  return tracks ? { ...extras, trailingTimeMs: timeMs } : extras;
}

export function saveExtras(extras: WorkingExtras | undefined, out: ByteWriter): void {
  out.u53(extras === undefined ? 0 : 1);
  if (extras === undefined) return;
  out.u53(extras.stopPriceTicks);
  out.u53(extras.trailingDeltaBips);
  out.u53(extras.trailingTimeMs);
  out.u53(extras.icebergLots);
  out.u53(extras.expireAtMs);
  out.u53(extras.strategyId);
  out.signed(extras.strategyType);
  out.u53(extras.orderListId);
  out.u53(extras.isPending ? 1 : 0);
  out.u53(extras.preventedLots);
  out.u53(extras.preventedMatchId);
  out.u53(extras.workingTimeMs);
}

export function restoreExtras(from: ByteReader): WorkingExtras | undefined {
  if (from.u53() === 0) return undefined;
  return {
    stopPriceTicks: from.u53(),
    trailingDeltaBips: from.u53(),
    trailingTimeMs: from.u53(),
    icebergLots: from.u53(),
    expireAtMs: from.u53(),
    strategyId: from.u53(),
    strategyType: from.signed(),
    orderListId: from.u53(),
    isPending: from.u53() === 1,
    preventedLots: from.u53(),
    preventedMatchId: from.u53(),
    workingTimeMs: from.u53(),
  };
}
