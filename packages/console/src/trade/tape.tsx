import { Age } from "../design/age.tsx";
import { Empty, Panel } from "../design/panel.tsx";
import { useFormat } from "../settings/format.ts";
import { texts } from "../texts/texts.ts";
import { useStore } from "../venue/store.ts";
import type { Trade } from "../venue/trade-feed.ts";
import { useDesk } from "./desk.tsx";
import { useRowsThatFit } from "./use-rows-that-fit.ts";
import "./tape.css";

const HEAD_HEIGHT = 22;

/** The last trades, newest first. */
export function Tape() {
  const { market, trades } = useDesk();
  const all = useStore(trades.view);
  const [frame, rows] = useRowsThatFit(HEAD_HEIGHT);
  return (
    <Panel title={texts.tape.title} label={texts.tape.title} end={<Age feed={trades} />}>
      <div className="tape" ref={frame}>
        <div className="tape-head" aria-hidden="true">
          <span>{texts.book.price(market.quote)}</span>
          <span>{texts.book.quantity(market.base)}</span>
          <span>{texts.tape.time}</span>
        </div>
        {all.length === 0 ? (
          <Empty>{texts.tape.empty}</Empty>
        ) : (
          <ol>
            {all.slice(0, rows).map((trade) => (
              <Row key={trade.id} trade={trade} />
            ))}
          </ol>
        )}
      </div>
    </Panel>
  );
}

function Row({ trade }: { readonly trade: Trade }) {
  const { market } = useDesk();
  const format = useFormat();
  const isBuy = trade.taker === "buy";
  return (
    <li className="tape-row">
      <span className={trade.taker}>
        {isBuy ? "▲" : "▼"}
        <span className="hidden-text">{isBuy ? texts.tape.bought : texts.tape.sold}</span>{" "}
        {format.units(trade.price, market.priceDecimals)}
      </span>
      <span>{format.units(trade.quantity, market.quantityDecimals)}</span>
      <span className="dim">{format.time(trade.timeMs)}</span>
    </li>
  );
}
