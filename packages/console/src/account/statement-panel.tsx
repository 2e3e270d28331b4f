import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Empty, Panel } from "../design/panel.tsx";
import { Table } from "../design/table.tsx";
import { useFormat } from "../settings/format.ts";
import { accountTexts } from "../texts/account-texts.ts";
import { texts } from "../texts/texts.ts";
import type { Account } from "../venue/account.ts";
import { trimmed } from "../venue/decimal.ts";
import { useCalmChanges } from "../venue/use-calm-changes.ts";
import { fetchStatement } from "./people-api.ts";
import { csvOf, jsonOf, type StatementRow, statementOf } from "./statement.ts";

const words = accountTexts.wallet;
/** The rest is in the file. */
const SHOWN_MAX = 200;

/** How a balance changed, latest first, and the same as a file. */
export function StatementPanel(props: { readonly asset: string; readonly account: Account }) {
  const { asset, account } = props;
  const { data } = useQuery({
    queryKey: ["statement", asset, useCalmChanges(account)],
    placeholderData: keepPreviousData,
    queryFn: () => fetchStatement(asset),
  });
  const rows = data === undefined ? null : statementOf(data.entries, data.complete);
  const save = (kind: "csv" | "json", write: typeof csvOf) => () =>
    download(
      `${asset}.${kind}`,
      kind === "csv" ? "text/csv" : "application/json",
      write(asset, rows ?? []),
    );
  const title = words.statementOf(asset);
  return (
    <Panel
      title={title}
      label={title}
      end={
        rows !== null &&
        rows.length > 0 && (
          <>
            <button type="button" className="button small" onClick={save("csv", csvOf)}>
              CSV
            </button>
            <button type="button" className="button small" onClick={save("json", jsonOf)}>
              JSON
            </button>
          </>
        )
      }
    >
      {rows === null ? (
        <Empty>{texts.loading}</Empty>
      ) : rows.length === 0 ? (
        <Empty>{words.noneStatement}</Empty>
      ) : (
        <StatementTable label={title} rows={rows} />
      )}
      {data?.complete === false && <p className="prose">{words.notWhole}</p>}
    </Panel>
  );
}

function StatementTable(props: { readonly label: string; readonly rows: readonly StatementRow[] }) {
  const format = useFormat();
  const { columns } = words;
  const { columns: known } = texts.orders;
  const number = (text: string) => format.decimal(trimmed(text));
  const numbers = [columns.change, known.free, known.locked, known.sum];
  return (
    <Table
      label={props.label}
      columns={[
        { name: known.time },
        ...numbers.map((name) => ({ name, isNumber: true })),
        { name: columns.position, isNumber: true },
      ]}
    >
      {props.rows
        .toReversed()
        .slice(0, SHOWN_MAX)
        .map((row) => (
          <tr key={row.position}>
            <td className="dim">
              {row.time === null ? "–" : format.dateTime(Date.parse(row.time))}
            </td>
            <td className={`number ${signClass(row.change)}`}>
              {row.change === null ? "–" : signed(row.change, number)}
            </td>
            <td className="number">{number(row.available)}</td>
            <td className="number">{number(row.held)}</td>
            <td className="number">{number(row.total)}</td>
            <td className="number dim">{row.position}</td>
          </tr>
        ))}
    </Table>
  );
}

function signed(change: string, number: (text: string) => string): string {
  if (!/[1-9]/.test(change)) return "0";
  return change.startsWith("-") ? `−${number(change.slice(1))}` : `+${number(change)}`;
}

function signClass(change: string | null): string {
  if (change === null || !/[1-9]/.test(change)) return "dim";
  return change.startsWith("-") ? "sell" : "buy";
}

function download(name: string, type: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
