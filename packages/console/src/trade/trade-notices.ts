import { useEffect } from "react";
import { notify } from "../design/notices.tsx";
import { formatOf } from "../settings/format.ts";
import { settings } from "../settings/settings.ts";
import { texts } from "../texts/texts.ts";
import { trimmed } from "../venue/decimal.ts";
import type { ExecutionReport } from "../venue/order.ts";
import { useAccount } from "../venue/use-account.ts";

/** Trades of one order within this time are told once. */
const GATHER_MS = 400;

/** Tells of own orders that trade, also while another part of the page is looked at. */
export function useTradeNotices(): void {
  const account = useAccount();
  useEffect(() => {
    const due = new Map<number, ExecutionReport>();
    const stop = account?.onReport((report) => {
      if (report.x !== "TRADE") return;
      if (!due.has(report.i)) {
        setTimeout(() => {
          tell(due.get(report.i) ?? report);
          due.delete(report.i);
        }, GATHER_MS);
      }
      due.set(report.i, report);
    });
    return stop;
  }, [account]);
}

function tell({ S, L, l, z, q, s }: ExecutionReport): void {
  const format = formatOf(settings.get());
  const amount = (text: string) => format.decimal(trimmed(text));
  const { order } = texts;
  const traded = order.traded(order.sidesPast[S], `${amount(l)} ${s}`, amount(L));
  notify("good", traded, order.partly(amount(z), amount(q)));
}
