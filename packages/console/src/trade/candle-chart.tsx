import { useEffect, useRef } from "react";
import { Empty } from "../design/panel.tsx";
import { useFormat } from "../settings/format.ts";
import { texts } from "../texts/texts.ts";
import type { CandleFeed, Interval } from "../venue/candle-feed.ts";
import { useStore } from "../venue/store.ts";
import { CandlePlot } from "./candle-plot.ts";
import { useDesk } from "./desk.tsx";

export function CandleChart(props: { readonly feed: CandleFeed; readonly interval: Interval }) {
  const { feed, interval } = props;
  const { priceDecimals } = useDesk().market;
  const format = useFormat();
  const candles = useStore(feed.view);
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<CandlePlot | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another feed needs another chart.
  useEffect(() => {
    const made = new CandlePlot(frame.current!, priceDecimals);
    plot.current = made;
    return () => made.remove();
  }, [feed, priceDecimals]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another feed needs another chart.
  useEffect(() => plot.current!.format(format, interval), [feed, format, interval]);
  useEffect(() => plot.current!.draw(candles), [candles]);
  const isEmpty = candles.series > 0 && candles.all.length === 0;
  return (
    <div className="candles">
      <div ref={frame} className="candle-frame" role="img" aria-label={texts.chart.label} />
      {isEmpty && (
        <div className="candle-none">
          <Empty>{texts.chart.none}</Empty>
        </div>
      )}
    </div>
  );
}
