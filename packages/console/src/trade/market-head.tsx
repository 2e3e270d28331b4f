import type { ReactNode } from "react";
import { Age } from "../design/age.tsx";
import { type Format, useFormat } from "../settings/format.ts";
import { texts } from "../texts/texts.ts";
import { trimmed } from "../venue/decimal.ts";
import { useStore } from "../venue/store.ts";
import type { Ticker } from "../venue/ticker-feed.ts";
import { useDesk } from "./desk.tsx";
import { MarketSwitch } from "./market-switch.tsx";
import { ShortcutsButton } from "./shortcuts.tsx";
import "./market-head.css";

/** The market, its last price and its last 24 hours. */
export function MarketHead() {
  const { market, ticker, trades } = useDesk();
  const day = useStore(ticker.view);
  const last = useStore(trades.view)[0];
  const format = useFormat();
  const price = (text: string) => format.decimal(trimmed(text, market.priceDecimals));
  const lastText = last === undefined ? "—" : format.units(last.price, market.priceDecimals);
  return (
    <section className="market-head" aria-label={market.path}>
      <h1 className="hidden-text">{market.path}</h1>
      <MarketSwitch current={market} />
      <dl>
        <Figure name={texts.market.last} className="market-last">
          <span className={last?.taker}>
            {last !== undefined && (last.taker === "buy" ? "▲ " : "▼ ")}
            {lastText}
          </span>
        </Figure>
        {market.status !== "TRADING" && (
          <Figure name={texts.market.status}>
            <span className="warn">{texts.market.statuses[market.status] ?? market.status}</span>
          </Figure>
        )}
        <Figure name={texts.market.change}>
          <Change day={day} price={price} format={format} />
        </Figure>
        <Figure name={texts.market.high}>{day === null ? "—" : price(day.high)}</Figure>
        <Figure name={texts.market.low}>{day === null ? "—" : price(day.low)}</Figure>
        <Figure name={texts.market.volume(market.base)}>
          {day === null ? "—" : format.compact(Number(day.baseVolume))}
        </Figure>
        <Figure name={texts.market.volume(market.quote)}>
          {day === null ? "—" : format.compact(Number(day.quoteVolume))}
        </Figure>
      </dl>
      <div className="market-age">
        <Age feed={ticker} />
        <ShortcutsButton />
      </div>
    </section>
  );
}

function Figure(props: {
  readonly name: string;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  return (
    <div className={`figure ${props.className ?? ""}`}>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

function Change(props: {
  readonly day: Ticker | null;
  readonly price: (text: string) => string;
  readonly format: Format;
}) {
  const { day, price, format } = props;
  if (day === null) return "—";
  const isDown = day.change.startsWith("-");
  const isUp = !isDown && /[1-9]/.test(day.change);
  return (
    <span className={isDown ? "sell" : isUp ? "buy" : undefined}>
      {isUp && "+"}
      {price(day.change)} ({format.percent(day.changePercent)})
    </span>
  );
}
