import { useState } from "react";
import { Age } from "../design/age.tsx";
import { Empty, Panel } from "../design/panel.tsx";
import { Table } from "../design/table.tsx";
import { useFormat } from "../settings/format.ts";
import { accountTexts } from "../texts/account-texts.ts";
import { texts } from "../texts/texts.ts";
import type { Account } from "../venue/account.ts";
import { shortText, unitsOf } from "../venue/decimal.ts";
import { useStore } from "../venue/store.ts";
import { useAccount } from "../venue/use-account.ts";
import { StatementPanel } from "./statement-panel.tsx";
import { TransfersPanel } from "./transfers-panel.tsx";
import { AMOUNT_DECIMALS, useWorth } from "./use-worth.ts";
import { WithdrawButton } from "./withdraw-button.tsx";

const words = accountTexts.wallet;

/** What somebody has, how it came to be so, and the ways in and out. */
export function WalletPage() {
  const account = useAccount();
  if (account === null) return <Empty>{texts.order.noAccount}</Empty>;
  return <Wallet account={account} />;
}

function Wallet({ account }: { readonly account: Account }) {
  const balances = useStore(account.balances);
  const all = [...balances.values()];
  const [asset, setAsset] = useState<string | null>(null);
  const chosen = asset ?? all[0]?.asset ?? null;
  return (
    <>
      <BalancesPanel account={account} chosen={chosen} onChoose={setAsset} />
      {chosen !== null && <StatementPanel key={chosen} asset={chosen} account={account} />}
      <TransfersPanel account={account} />
    </>
  );
}

function BalancesPanel(props: {
  readonly account: Account;
  readonly chosen: string | null;
  readonly onChoose: (asset: string) => void;
}) {
  const { account, chosen, onChoose } = props;
  const format = useFormat();
  const balances = [...useStore(account.balances).values()];
  const worth = useWorth();
  const { columns } = texts.orders;
  const amount = (units: bigint) => format.decimal(shortText(units, AMOUNT_DECIMALS));
  const total = worth?.sum(balances) ?? null;
  return (
    <Panel
      title={words.balances}
      label={words.balances}
      end={
        <>
          {total !== null && worth !== null && (
            <strong>{words.total(format.decimal(total, 2), worth.asset)}</strong>
          )}
          <Age feed={account} />
        </>
      }
    >
      {balances.length === 0 ? (
        <Empty>{texts.orders.noneBalances}</Empty>
      ) : (
        <Table
          label={words.balances}
          columns={[
            { name: columns.asset },
            { name: columns.free, isNumber: true, isOptional: true },
            { name: columns.locked, isNumber: true, isOptional: true },
            { name: columns.sum, isNumber: true },
            { name: words.worth(worth?.asset ?? ""), isNumber: true },
            { name: "" },
          ]}
        >
          {balances.map((balance) => {
            const free = unitsOf(balance.free, AMOUNT_DECIMALS);
            const locked = unitsOf(balance.locked, AMOUNT_DECIMALS);
            const value = worth?.of(balance) ?? null;
            return (
              <tr key={balance.asset} aria-selected={balance.asset === chosen}>
                <td>
                  <button
                    type="button"
                    className="button quiet small"
                    aria-label={words.statementOf(balance.asset)}
                    aria-pressed={balance.asset === chosen}
                    onClick={() => onChoose(balance.asset)}
                  >
                    {balance.asset}
                  </button>
                </td>
                <td className="number optional">{amount(free)}</td>
                <td className="number optional">{amount(locked)}</td>
                <td className="number">{amount(free + locked)}</td>
                <td className="number">{value === null ? "–" : format.decimal(value, 2)}</td>
                <td className="row-actions">
                  <WithdrawButton balance={balance} />
                </td>
              </tr>
            );
          })}
        </Table>
      )}
    </Panel>
  );
}
