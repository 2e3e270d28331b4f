import { Empty } from "../../design/panel.tsx";
import { Table } from "../../design/table.tsx";
import { useFormat } from "../../settings/format.ts";
import { texts } from "../../texts/texts.ts";
import type { Account } from "../../venue/account.ts";
import { shortText, unitsOf } from "../../venue/decimal.ts";
import { useStore } from "../../venue/store.ts";

const { columns } = texts.orders;
/** More than any asset has. */
const DECIMALS = 18;

export function BalanceTable({ account }: { readonly account: Account }) {
  const balances = useStore(account.balances);
  const format = useFormat();
  if (balances.size === 0) return <Empty>{texts.orders.noneBalances}</Empty>;
  const amount = (units: bigint) => format.decimal(shortText(units, DECIMALS));
  return (
    <Table
      label={texts.orders.tabs.balances}
      columns={[
        { name: columns.asset },
        ...[columns.free, columns.locked, columns.sum].map((name) => ({ name, isNumber: true })),
      ]}
    >
      {[...balances.values()].map(({ asset, free, locked }) => {
        const [freeUnits, lockedUnits] = [unitsOf(free, DECIMALS), unitsOf(locked, DECIMALS)];
        return (
          <tr key={asset}>
            <td>{asset}</td>
            <td className="number">{amount(freeUnits)}</td>
            <td className="number">{amount(lockedUnits)}</td>
            <td className="number">{amount(freeUnits + lockedUnits)}</td>
          </tr>
        );
      })}
    </Table>
  );
}
