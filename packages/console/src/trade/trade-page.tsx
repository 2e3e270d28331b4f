import { Navigate, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { Empty } from "../design/panel.tsx";
import { Problem } from "../shell/problem.tsx";
import { texts } from "../texts/texts.ts";
import { useMarkets } from "../venue/use-markets.ts";
import { DeskProvider } from "./desk.tsx";
import { MarketSwitch } from "./market-switch.tsx";
import { DraftProvider } from "./order/draft-context.tsx";
import { TradeLayout } from "./trade-layout.tsx";

const LAST_MARKET_KEY = "halcyon.market";

/** The market that was looked at last, or the first there is. */
export function FirstMarket() {
  const { data: markets, failureReason: error, refetch } = useMarkets();
  if (markets === undefined && error !== null)
    return <Problem error={error} reset={() => void refetch()} />;
  if (markets === undefined) return <Empty>{texts.loading}</Empty>;
  const last = localStorage.getItem(LAST_MARKET_KEY);
  const market = markets.find(({ path }) => path === last) ?? markets[0];
  if (market === undefined) return <Empty>{texts.problem.noMarkets}</Empty>;
  return <Navigate to="/trade/$market" params={{ market: market.path }} replace />;
}

export function TradePage() {
  const { market: path } = useParams({ from: "/trade/$market" });
  // Told at the first failure, while it is tried again.
  const { data: markets, failureReason: error, refetch } = useMarkets();
  const market = markets?.find((one) => one.path === path);
  useEffect(() => {
    if (market !== undefined) localStorage.setItem(LAST_MARKET_KEY, market.path);
  }, [market]);
  if (markets === undefined) {
    if (error !== null) return <Problem error={error} reset={() => void refetch()} />;
    return <Empty>{texts.loading}</Empty>;
  }
  if (market === undefined) {
    return (
      <Empty>
        <div>
          <p>{texts.problem.noMarket(path)}</p>
          <MarketSwitch current={null} />
        </div>
      </Empty>
    );
  }
  return (
    <DeskProvider key={market.symbol} market={market}>
      <DraftProvider>
        <TradeLayout />
      </DraftProvider>
    </DeskProvider>
  );
}
