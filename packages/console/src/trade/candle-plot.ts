import {
  CandlestickSeries,
  createChart,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type UTCTimestamp,
} from "lightweight-charts";
import type { Format } from "../settings/format.ts";
import { type Candle, type Candles, INTERVALS, type Interval } from "../venue/candle-feed.ts";
import { type ChartColors, chartColors, onThemeChange } from "./chart-colors.ts";

const VISIBLE_CANDLES = 120;
/** From this interval on, the axis tells days rather than times. */
const DAYS_FROM = INTERVALS.indexOf("1d");

/** The candles of a chart as the library draws them. */
export class CandlePlot {
  readonly #element: HTMLElement;
  readonly #chart: IChartApi;
  readonly #prices: ISeriesApi<"Candlestick">;
  readonly #volumes: ISeriesApi<"Histogram">;
  readonly #priceDecimals: number;
  readonly #stopTheme: () => void;
  #colors: ChartColors;
  #shown: Candles | null = null;

  constructor(element: HTMLElement, priceDecimals: number) {
    this.#element = element;
    this.#priceDecimals = priceDecimals;
    // Its own mark is styled by a <style>, which the page's policy forbids; the panel's head names it.
    this.#chart = createChart(element, { autoSize: true, layout: { attributionLogo: false } });
    this.#prices = this.#chart.addSeries(CandlestickSeries, {
      priceFormat: { type: "price", precision: priceDecimals, minMove: 10 ** -priceDecimals },
    });
    this.#volumes = this.#chart.addSeries(HistogramSeries, {
      priceScaleId: "volume",
      priceFormat: { type: "volume" },
      lastValueVisible: false,
      priceLineVisible: false,
    });
    this.#chart.priceScale("volume").applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
    this.#colors = chartColors(element);
    this.#dress();
    this.#stopTheme = onThemeChange(() => {
      this.#colors = chartColors(element);
      this.#dress();
      const shown = this.#shown;
      this.#shown = null;
      if (shown !== null) this.draw(shown);
    });
  }

  format(format: Format, interval: Interval): void {
    const timeOf = (time: unknown) => Number(time) * 1000;
    const isDaily = INTERVALS.indexOf(interval) >= DAYS_FROM;
    this.#chart.applyOptions({
      localization: {
        priceFormatter: (price: number) => format.decimal(price.toFixed(this.#priceDecimals)),
        timeFormatter: (time: unknown) => format.dateTime(timeOf(time)),
      },
      timeScale: {
        timeVisible: !isDaily,
        secondsVisible: interval === "1s",
        tickMarkFormatter: (time: unknown) =>
          isDaily ? format.date(timeOf(time)) : format.time(timeOf(time)).replace(/:00$/, ""),
      },
    });
  }

  draw(candles: Candles): void {
    const { all, series } = candles;
    const before = this.#shown;
    this.#shown = candles;
    if (before?.series !== series) {
      this.#prices.setData(all.map(pricesOf));
      this.#volumes.setData(all.map((candle) => this.#volumeOf(candle)));
      const from = all.length - VISIBLE_CANDLES;
      if (before === null) {
        this.#chart.timeScale().setVisibleLogicalRange({ from, to: all.length + 4 });
      }
      return;
    }
    const known = before.all.at(-1)?.openTimeMs ?? 0;
    for (const candle of all.filter(({ openTimeMs }) => openTimeMs >= known)) {
      this.#prices.update(pricesOf(candle));
      this.#volumes.update(this.#volumeOf(candle));
    }
  }

  remove(): void {
    this.#stopTheme();
    this.#chart.remove();
  }

  #dress(): void {
    const { dim, line, buy, sell } = this.#colors;
    const fontFamily = getComputedStyle(this.#element).fontFamily;
    this.#chart.applyOptions({
      layout: { background: { color: "transparent" }, textColor: dim, fontFamily, fontSize: 11 },
      grid: { vertLines: { color: line }, horzLines: { color: line } },
      rightPriceScale: { borderColor: line },
      timeScale: { borderColor: line, rightOffset: 4 },
      crosshair: { mode: 0 },
    });
    this.#prices.applyOptions({
      // Hollow where the price rose: colour is not the only sign.
      upColor: "transparent",
      borderUpColor: buy,
      wickUpColor: buy,
      downColor: sell,
      // Else the label of the last price has the candle's own colour, which may be none.
      priceLineColor: dim,
      borderDownColor: sell,
      wickDownColor: sell,
    });
  }

  #volumeOf({ openTimeMs, open, close, volume }: Candle) {
    const { buyTint, sellTint } = this.#colors;
    const color = close >= open ? buyTint : sellTint;
    return { time: (openTimeMs / 1000) as UTCTimestamp, value: volume, color };
  }
}

function pricesOf({ openTimeMs, open, high, low, close }: Candle) {
  return { time: (openTimeMs / 1000) as UTCTimestamp, open, high, low, close };
}
