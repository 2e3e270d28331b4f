import { notify } from "../../design/notices.tsx";
import { tellRefused } from "../../design/tell-refused.ts";
import { texts } from "../../texts/texts.ts";
import { trimmed } from "../../venue/decimal.ts";
import type { Market } from "../../venue/market.ts";
import { type Placed, placeList, placeOrder } from "../../venue/trading.ts";
import type { Values } from "./check.ts";
import { type Draft, hasExit } from "./draft.ts";
import { orderParams } from "./params.ts";

const LISTS = { OCO: "oco", OTO: "oto", OTOCO: "otoco" } as const;

/** Sends a draft that was found right and tells what became of it; false: it may be sent again. */
export async function submitDraft(draft: Draft, values: Values, market: Market): Promise<boolean> {
  const params = orderParams(draft, values, market);
  try {
    if (draft.kind === "OCO" || hasExit(draft.kind)) {
      await placeList(LISTS[draft.kind], params);
      const { pairPlaced, listPlaced } = texts.order;
      notify("good", draft.kind === "OCO" ? pairPlaced : listPlaced, describe(draft, market));
    } else tellPlaced(await placeOrder(params), draft, market);
    return true;
  } catch (error) {
    tellRefused(error);
    return false;
  }
}

function tellPlaced(placed: Placed, draft: Draft, market: Market): void {
  const { order } = texts;
  const more = describe(draft, market);
  if (placed.status === "FILLED") notify("good", order.filled, more);
  else if (placed.status.startsWith("EXPIRED") && !/[1-9]/.test(placed.executedQty)) {
    notify("bad", order.expired, order.expiredMore);
  } else if (/[1-9]/.test(placed.executedQty)) {
    const sum = order.partly(trimmed(placed.executedQty), trimmed(placed.origQty));
    notify("good", order.placed, `${more}. ${sum}`);
  } else {
    const waits = draft.kind !== "LIMIT" && draft.kind !== "MARKET";
    notify("good", order.placed, `${more}. ${waits ? order.waits : order.rests}`);
  }
}

function describe(draft: Draft, market: Market): string {
  const isByTotal = draft.kind === "MARKET" && draft.amountOf === "quote";
  const amount = isByTotal ? `${draft.total} ${market.quote}` : `${draft.quantity} ${market.base}`;
  const kind = texts.order.kinds[draft.kind] ?? draft.kind;
  return `${texts.order.sides[draft.side]} ${amount}, ${kind.toLowerCase()}`;
}
