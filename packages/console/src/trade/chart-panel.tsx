import { useEffect, useMemo, useState } from "react";
import { Age } from "../design/age.tsx";
import { Panel } from "../design/panel.tsx";
import { texts } from "../texts/texts.ts";
import { CandleFeed, INTERVALS, type Interval } from "../venue/candle-feed.ts";
import { marketStream } from "../venue/connection.ts";
import { CandleChart } from "./candle-chart.tsx";
import { DepthChart } from "./depth-chart.tsx";
import { useDesk } from "./desk.tsx";
import "./chart.css";

/** Candles or depth; which interval is remembered. */
export function ChartPanel() {
  const { market, book } = useDesk();
  const [shows, setShows] = useState<"candles" | "depth">("candles");
  const [interval, setInterval] = useState<Interval>("1m");
  // biome-ignore lint/correctness/useExhaustiveDependencies: a feed is for a market and an interval, whatever else changes.
  const candles = useMemo(
    () => new CandleFeed(marketStream, market, interval),
    [market.symbol, interval],
  );
  useEffect(() => candles.open(), [candles]);
  return (
    <Panel
      title={<Tabs shows={shows} onShow={setShows} />}
      label={texts.chart.label}
      className="chart-panel"
      end={<Age feed={shows === "candles" ? candles : book} />}
    >
      {shows === "candles" ? (
        <div className="chart">
          <div className="chart-bar">
            {INTERVALS.map((name) => (
              <button
                key={name}
                type="button"
                className="tab"
                aria-pressed={name === interval}
                onClick={() => setInterval(name)}
              >
                {name}
              </button>
            ))}
          </div>
          <a
            className="attribution"
            href="https://www.tradingview.com/"
            target="_blank"
            rel="noreferrer"
          >
            {texts.chart.attribution}
          </a>
          <CandleChart feed={candles} interval={interval} />
        </div>
      ) : (
        <DepthChart />
      )}
    </Panel>
  );
}

function Tabs(props: {
  readonly shows: "candles" | "depth";
  readonly onShow: (what: "candles" | "depth") => void;
}) {
  return (
    <div className="tab-list">
      {(["candles", "depth"] as const).map((what) => (
        <button
          key={what}
          type="button"
          className="tab"
          aria-pressed={props.shows === what}
          data-focus={props.shows === what ? undefined : "chart"}
          onClick={() => props.onShow(what)}
        >
          {texts.chart[what]}
        </button>
      ))}
    </div>
  );
}
