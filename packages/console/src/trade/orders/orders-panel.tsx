import { Tabs } from "@base-ui/react/tabs";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Age } from "../../design/age.tsx";
import { Empty, Panel } from "../../design/panel.tsx";
import { texts } from "../../texts/texts.ts";
import type { Account } from "../../venue/account.ts";
import { useStore } from "../../venue/store.ts";
import { useAccount } from "../../venue/use-account.ts";
import { useDesk } from "../desk.tsx";
import { BalanceTable } from "./balance-table.tsx";
import { CancelAll } from "./cancel-all.tsx";
import { OrderHistory, TradeHistory } from "./histories.tsx";
import { OpenOrders } from "./open-orders.tsx";
import "./orders.css";

/** What belongs to the own account: open orders, histories, balances. */
export function OrdersPanel() {
  const account = useAccount();
  if (account === null) {
    return (
      <Panel title={texts.orders.title} label={texts.orders.title}>
        <Empty>
          <Link to="/sign-in" search={{ from: location.pathname }}>
            {texts.orders.signedOut}
          </Link>
        </Empty>
      </Panel>
    );
  }
  return <OwnOrders account={account} />;
}

function OwnOrders({ account }: { readonly account: Account }) {
  const { market } = useDesk();
  const open = useStore(account.openOrders);
  const [isOnlyThis, setOnlyThis] = useState(false);
  const all = [...open.values()].sort((a, b) => b.id - a.id);
  const shown = isOnlyThis ? all.filter(({ symbol }) => symbol === market.symbol) : all;
  const { tabs } = texts.orders;
  return (
    <Tabs.Root defaultValue="open" className="orders-tabs">
      <Panel
        label={texts.orders.title}
        title={
          <Tabs.List className="tab-list" aria-label={texts.orders.title}>
            <Tab value="open">{tabs.open(all.length)}</Tab>
            <Tab value="history">{tabs.history}</Tab>
            <Tab value="trades">{tabs.trades}</Tab>
            <Tab value="balances">{tabs.balances}</Tab>
          </Tabs.List>
        }
        end={
          <>
            <label className="check small">
              <input
                type="checkbox"
                checked={isOnlyThis}
                onChange={({ target }) => setOnlyThis(target.checked)}
              />
              {texts.orders.onlyThis}
            </label>
            <CancelAll orders={shown} />
            <Age feed={account} />
          </>
        }
      >
        <Tabs.Panel value="open" className="tab-panel" tabIndex={-1}>
          <OpenOrders orders={shown} />
        </Tabs.Panel>
        <Tabs.Panel value="history" className="tab-panel">
          <OrderHistory account={account} />
        </Tabs.Panel>
        <Tabs.Panel value="trades" className="tab-panel">
          <TradeHistory account={account} />
        </Tabs.Panel>
        <Tabs.Panel value="balances" className="tab-panel">
          <BalanceTable account={account} />
        </Tabs.Panel>
      </Panel>
    </Tabs.Root>
  );
}

function Tab({ value, children }: { readonly value: string; readonly children: string }) {
  return (
    <Tabs.Tab value={value} className="tab">
      {children}
    </Tabs.Tab>
  );
}
