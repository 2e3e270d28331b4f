import { Popover } from "@base-ui/react/popover";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Empty } from "../design/panel.tsx";
import { useFormat } from "../settings/format.ts";
import { texts } from "../texts/texts.ts";
import { trimmed } from "../venue/decimal.ts";
import type { Market } from "../venue/market.ts";
import { fetchTickers, type Ticker } from "../venue/ticker-feed.ts";
import { useMarkets } from "../venue/use-markets.ts";

/** The market's name; opens the list of all. */
export function MarketSwitch({ current }: { readonly current: Market | null }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger className="button quiet market-name" data-focus="markets">
        {current?.path.replace("-", "/") ?? texts.market.choose}
        <span aria-hidden="true">▾</span>
        <span className="hidden-text">{texts.market.choose}</span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner side="bottom" align="start" sideOffset={6}>
          <Popover.Popup className="popup market-list" aria-label={texts.market.choose}>
            <MarketList onChoose={() => setOpen(false)} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function MarketList({ onChoose }: { readonly onChoose: () => void }) {
  const { data: markets = [] } = useMarkets();
  const { data: tickers } = useQuery({
    queryKey: ["tickers"],
    queryFn: fetchTickers,
    refetchInterval: 3_000,
  });
  const [search, setSearch] = useState("");
  const wanted = search.trim().toUpperCase().replace("/", "-");
  const found = markets.filter(({ path }) => path.includes(wanted));
  const { columns } = texts.market;
  return (
    <>
      <div className="input">
        <input
          type="search"
          aria-label={texts.market.search}
          placeholder={texts.market.search}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      <div className="market-row market-columns" aria-hidden="true">
        <span>{columns.market}</span>
        <span className="number">{columns.last}</span>
        <span className="number">{columns.change}</span>
      </div>
      {found.length === 0 && <Empty>{texts.market.none}</Empty>}
      <ul>
        {found.map((market) => (
          <li key={market.symbol}>
            <Row market={market} ticker={tickers?.get(market.symbol)} onChoose={onChoose} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Row(props: {
  readonly market: Market;
  readonly ticker: Ticker | undefined;
  readonly onChoose: () => void;
}) {
  const { market, ticker, onChoose } = props;
  const format = useFormat();
  const isDown = ticker?.changePercent.startsWith("-") === true;
  return (
    <Link
      to="/trade/$market"
      params={{ market: market.path }}
      className="market-row"
      activeProps={{ "aria-current": "page" }}
      onClick={onChoose}
    >
      <span>{market.path.replace("-", "/")}</span>
      <span className="number">
        {ticker === undefined ? "—" : format.decimal(trimmed(ticker.last, market.priceDecimals))}
      </span>
      <span className={`number ${isDown ? "sell" : "buy"}`}>
        {ticker === undefined ? "—" : format.percent(ticker.changePercent)}
      </span>
    </Link>
  );
}
