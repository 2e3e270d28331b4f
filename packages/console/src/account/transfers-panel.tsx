import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Empty, Panel } from "../design/panel.tsx";
import { Table } from "../design/table.tsx";
import { useFormat } from "../settings/format.ts";
import { accountTexts } from "../texts/account-texts.ts";
import { texts } from "../texts/texts.ts";
import type { Account } from "../venue/account.ts";
import { trimmed } from "../venue/decimal.ts";
import { ask } from "../venue/http.ts";
import { useCalmChanges } from "../venue/use-calm-changes.ts";

const words = accountTexts.wallet;

interface TransferJson {
  readonly id: string;
  readonly amount: string;
  readonly coin: string;
  readonly address: string;
  readonly network: string;
  readonly txId: string;
  /** Of a deposit. */
  readonly insertTime?: number;
  /** Of a withdrawal: "2026-11-21 03:46:00", UTC. */
  readonly applyTime?: string;
  readonly withdrawOrderId?: string;
}

/** What came in and went out, latest first. */
export function TransfersPanel({ account }: { readonly account: Account }) {
  const format = useFormat();
  const { data } = useQuery({
    queryKey: ["transfers", useCalmChanges(account)],
    placeholderData: keepPreviousData,
    queryFn: fetchTransfers,
  });
  const { columns } = words;
  return (
    <Panel title={words.transfers} label={words.transfers}>
      {data === undefined || data.length === 0 ? (
        <Empty>{data === undefined ? texts.loading : words.noneTransfers}</Empty>
      ) : (
        <Table
          label={words.transfers}
          columns={[
            { name: texts.orders.columns.time },
            { name: columns.kind },
            { name: columns.amount, isNumber: true },
            { name: columns.address },
            { name: columns.reference },
          ]}
        >
          {data.map(({ json, isDeposit, timeMs }) => (
            <tr key={`${isDeposit}${json.id}`}>
              <td className="dim">{format.dateTime(timeMs)}</td>
              <td>{isDeposit ? words.deposit : words.withdrawal}</td>
              <td className={`number ${isDeposit ? "buy" : "sell"}`}>
                {isDeposit ? "+" : "−"}
                {format.decimal(trimmed(json.amount))} {json.coin}
              </td>
              <td>{json.address}</td>
              <td className="dim">{isDeposit ? json.txId : (json.withdrawOrderId ?? "")}</td>
            </tr>
          ))}
        </Table>
      )}
    </Panel>
  );
}

async function fetchTransfers() {
  const [deposits, withdrawals] = await Promise.all([
    ask<readonly TransferJson[]>("GET", "/sapi/v1/capital/deposit/hisrec"),
    ask<readonly TransferJson[]>("GET", "/sapi/v1/capital/withdraw/history"),
  ]);
  const all = [
    ...deposits.map((json) => ({ json, isDeposit: true, timeMs: json.insertTime ?? 0 })),
    ...withdrawals.map((json) => ({
      json,
      isDeposit: false,
      timeMs: Date.parse(`${(json.applyTime ?? "").replace(" ", "T")}Z`),
    })),
  ];
  return all.sort((a, b) => b.timeMs - a.timeMs);
}
