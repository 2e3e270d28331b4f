import { useEffect, useRef } from "react";
import { Empty } from "../design/panel.tsx";
import { type Format, useFormat } from "../settings/format.ts";
import { texts } from "../texts/texts.ts";
import { useStore } from "../venue/store.ts";
import { type ChartColors, chartColors, onThemeChange } from "./chart-colors.ts";
import { type DepthCurve, depthCurve } from "./depth-curve.ts";
import { useDesk } from "./desk.tsx";

const AXIS_HEIGHT = 22;

/** How much could be traded to which price, on both sides. */
export function DepthChart() {
  const { market, book } = useDesk();
  const levels = useStore(book.view);
  const format = useFormat();
  const canvas = useRef<HTMLCanvasElement>(null);
  const curve = depthCurve(levels, market);
  useEffect(() => {
    const element = canvas.current;
    if (element === null || curve === null) return;
    const draw = () => drawDepth(element, curve, format, market.priceDecimals);
    draw();
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    const stopTheme = onThemeChange(draw);
    return () => {
      observer.disconnect();
      stopTheme();
    };
  });
  if (curve === null) return <Empty>{texts.book.empty}</Empty>;
  const price = (level: { readonly price: bigint } | undefined) =>
    level === undefined ? "—" : format.units(level.price, market.priceDecimals);
  return (
    <canvas
      ref={canvas}
      className="depth"
      role="img"
      aria-label={texts.chart.depthLabel(price(levels.bids[0]), price(levels.asks[0]))}
    />
  );
}

function drawDepth(
  element: HTMLCanvasElement,
  curve: DepthCurve,
  format: Format,
  priceDecimals: number,
): void {
  const { clientWidth: width, clientHeight: height } = element;
  const scale = devicePixelRatio;
  element.width = width * scale;
  element.height = height * scale;
  const pen = element.getContext("2d")!;
  pen.scale(scale, scale);
  const colors = chartColors(element.parentElement!);
  const floor = height - AXIS_HEIGHT;
  const { priceMin, priceMax, totalMax } = curve;
  const x = (price: number) => ((price - priceMin) / (priceMax - priceMin)) * width;
  const y = (total: number) => floor - (total / totalMax) * (floor - 24);
  drawGrid(pen, colors, { width, floor, curve, format, priceDecimals, y });
  const side = (points: DepthCurve["bids"], edge: number, line: string, tint: string) => {
    const first = points[0];
    if (first === undefined) return;
    pen.beginPath();
    pen.moveTo(x(first.price), floor);
    let last = floor;
    for (const { price, total } of points) {
      pen.lineTo(x(price), last);
      last = y(total);
      pen.lineTo(x(price), last);
    }
    pen.lineTo(edge, last);
    pen.strokeStyle = line;
    pen.lineWidth = 1.5;
    pen.stroke();
    pen.lineTo(edge, floor);
    pen.closePath();
    pen.fillStyle = tint;
    pen.fill();
  };
  side(curve.bids, 0, colors.buy, colors.buyTint);
  side(curve.asks, width, colors.sell, colors.sellTint);
  pen.font = `600 11px ${getComputedStyle(element).fontFamily}`;
  pen.fillStyle = colors.buy;
  pen.textAlign = "left";
  pen.fillText(texts.chart.bids, 10, 16);
  pen.fillStyle = colors.sell;
  pen.textAlign = "right";
  pen.fillText(texts.chart.asks, width - 10, 16);
}

function drawGrid(
  pen: CanvasRenderingContext2D,
  colors: ChartColors,
  at: {
    readonly width: number;
    readonly floor: number;
    readonly curve: DepthCurve;
    readonly format: Format;
    readonly priceDecimals: number;
    readonly y: (total: number) => number;
  },
): void {
  const { width, floor, curve, format, priceDecimals, y } = at;
  pen.font = `11px ${getComputedStyle(pen.canvas).fontFamily}`;
  pen.strokeStyle = colors.line;
  pen.fillStyle = colors.dim;
  pen.lineWidth = 1;
  for (const share of [0.25, 0.5, 0.75, 1]) {
    const height = Math.round(y(curve.totalMax * share)) + 0.5;
    pen.beginPath();
    pen.moveTo(0, height);
    pen.lineTo(width, height);
    pen.stroke();
    pen.textAlign = "right";
    pen.fillText(format.compact(curve.totalMax * share), width - 8, height + 13);
  }
  for (const share of [0.1, 0.3, 0.5, 0.7, 0.9]) {
    const price = curve.priceMin + (curve.priceMax - curve.priceMin) * share;
    pen.textAlign = "center";
    pen.fillText(format.decimal(price.toFixed(priceDecimals)), width * share, floor + 15);
  }
}
