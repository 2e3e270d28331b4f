import { useState } from "react";
import { texts } from "../texts/texts.ts";
import { ChartPanel } from "./chart-panel.tsx";
import { Ladder } from "./ladder.tsx";
import { MarketHead } from "./market-head.tsx";
import { OrderForm } from "./order/order-form.tsx";
import { OrdersPanel } from "./orders/orders-panel.tsx";
import { Shortcuts } from "./shortcuts.tsx";
import { Tape } from "./tape.tsx";
import { useTradeNotices } from "./trade-notices.ts";
import "./trade-layout.css";

const TABS = ["chart", "book", "order", "orders"] as const;
type Tab = (typeof TABS)[number];

/** All at once where there is room; on a phone one part at a time. */
export function TradeLayout() {
  const [tab, setTab] = useState<Tab>("chart");
  useTradeNotices();
  return (
    <div className="trade" data-tab={tab}>
      <MarketHead />
      <nav className="trade-tabs" aria-label={texts.tabs.label}>
        {TABS.map((name) => (
          <button
            key={name}
            type="button"
            className="tab"
            aria-pressed={name === tab}
            onClick={() => setTab(name)}
          >
            {texts.tabs[name]}
          </button>
        ))}
      </nav>
      <div className="area-chart">
        <ChartPanel />
      </div>
      <div className="area-book">
        <Ladder />
      </div>
      <div className="area-tape">
        <Tape />
      </div>
      <div className="area-order">
        <OrderForm />
      </div>
      <div className="area-orders">
        <OrdersPanel />
      </div>
      <Shortcuts />
    </div>
  );
}
