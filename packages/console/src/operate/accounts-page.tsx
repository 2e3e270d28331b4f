import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Confirmed } from "../design/confirmed.tsx";
import { Empty, Panel } from "../design/panel.tsx";
import { Table } from "../design/table.tsx";
import { tellRefused } from "../design/tell-refused.ts";
import { useFormat } from "../settings/format.ts";
import { operateTexts } from "../texts/operate-texts.ts";
import { texts } from "../texts/texts.ts";
import { trimmed } from "../venue/decimal.ts";
import {
  type AdminAccount,
  createAccount,
  fetchAccount,
  fetchAccounts,
  setFlags,
} from "./admin-api.ts";
import { State } from "./state.tsx";

const words = operateTexts.accounts;

/** The customers' accounts: what each may do, and what it has. */
export function AccountsPage() {
  const { data, fetchNextPage, hasNextPage } = useInfiniteQuery({
    queryKey: ["accounts"],
    queryFn: ({ pageParam }) => fetchAccounts(pageParam),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: 10_000,
  });
  const [chosen, setChosen] = useState<number | null>(null);
  const accounts = data?.pages.flatMap((page) => page.accounts);
  return (
    <>
      <Panel title={words.title} label={words.title} end={<NewAccount />}>
        {accounts === undefined ? (
          <Empty>{texts.loading}</Empty>
        ) : (
          <AccountTable accounts={accounts} chosen={chosen} onChoose={setChosen} />
        )}
        {hasNextPage && (
          <div className="row-of-buttons">
            <button type="button" className="button" onClick={() => void fetchNextPage()}>
              {words.more}
            </button>
          </div>
        )}
      </Panel>
      {chosen !== null && <BalancesOf key={chosen} id={chosen} />}
    </>
  );
}

function NewAccount() {
  const queries = useQueryClient();
  const [label, setLabel] = useState("");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    try {
      await createAccount(label);
      setLabel("");
      await queries.invalidateQueries({ queryKey: ["accounts"] });
    } catch (error) {
      tellRefused(error, texts.act.refused);
    }
  };
  return (
    <form className="inline" onSubmit={(event) => void submit(event)}>
      <input
        className="input short"
        aria-label={words.label}
        placeholder={words.label}
        maxLength={50}
        required
        value={label}
        onChange={(event) => setLabel(event.target.value)}
      />
      <button type="submit" className="button small">
        {words.make}
      </button>
    </form>
  );
}

function AccountTable(props: {
  readonly accounts: readonly AdminAccount[];
  readonly chosen: number | null;
  readonly onChoose: (id: number) => void;
}) {
  const { columns } = words;
  return (
    <Table
      label={words.title}
      columns={[
        { name: columns.id, isNumber: true },
        { name: columns.label },
        { name: columns.may },
        { name: columns.tier, isNumber: true, isOptional: true },
        { name: columns.orders, isNumber: true, isOptional: true },
        { name: "" },
      ]}
    >
      {props.accounts.map((account) => (
        <tr key={account.id} aria-selected={account.id === props.chosen}>
          <td className="number">{account.id}</td>
          <td>{account.label}</td>
          <td>
            <State tone={account.flags.frozen ? "warn" : "good"}>{mayOf(account)}</State>
          </td>
          <td className="number optional">{account.tier === 0 ? "–" : account.tier}</td>
          <td className="number optional">{account.openOrders}</td>
          <td className="row-actions">
            <span className="acts">
              <button
                type="button"
                className="button small"
                aria-label={words.balancesOf(account.id)}
                onClick={() => props.onChoose(account.id)}
              >
                {words.balances}
              </button>
              {account.id > LAST_OWN && <Freezing account={account} />}
            </span>
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** 0 is the world outside, 1 earns the fees. */
const LAST_OWN = 1;

function Freezing({ account }: { readonly account: AdminAccount }) {
  const queries = useQueryClient();
  const { id, flags } = account;
  const act = flags.frozen ? "thaw" : "freeze";
  return (
    <Confirmed
      label={words.acts[act]}
      name={words.actOn(words.acts[act], id)}
      title={words.actOn(words.acts[act], id)}
      what={words.what[act]}
      command={`npx halcyon account ${act} ${id}`}
      act={async () => {
        await setFlags(id, { ...flags, frozen: !flags.frozen });
        await queries.invalidateQueries({ queryKey: ["accounts"] });
      }}
    />
  );
}

function mayOf({ flags }: AdminAccount): string {
  if (flags.frozen) return words.frozen;
  const not = [
    ...(flags.noTrading ? [words.noTrading] : []),
    ...(flags.noWithdrawals ? [words.noWithdrawals] : []),
    ...(flags.noDeposits ? [words.noDeposits] : []),
  ];
  return not.length === 0 ? words.everything : not.join(", ");
}

function BalancesOf({ id }: { readonly id: number }) {
  const format = useFormat();
  const { data } = useQuery({
    queryKey: ["account", id],
    queryFn: () => fetchAccount(id),
    refetchInterval: 5_000,
  });
  const { columns } = texts.orders;
  const number = (text: string) =>
    text.startsWith("-")
      ? `−${format.decimal(trimmed(text.slice(1)))}`
      : format.decimal(trimmed(text));
  return (
    <Panel title={words.balancesOf(id)} label={words.balancesOf(id)}>
      {data === undefined || data.balances.length === 0 ? (
        <Empty>{data === undefined ? texts.loading : texts.orders.noneBalances}</Empty>
      ) : (
        <Table
          label={words.balancesOf(id)}
          columns={[
            { name: columns.asset },
            { name: columns.free, isNumber: true },
            { name: columns.locked, isNumber: true },
          ]}
        >
          {data.balances.map(({ asset, available, held }) => (
            <tr key={asset}>
              <td>{asset}</td>
              <td className="number">{number(available)}</td>
              <td className="number">{number(held)}</td>
            </tr>
          ))}
        </Table>
      )}
    </Panel>
  );
}
