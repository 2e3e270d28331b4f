import { useState } from "react";
import { Age } from "../design/age.tsx";
import { Choice } from "../design/field.tsx";
import { Panel } from "../design/panel.tsx";
import { useFormat } from "../settings/format.ts";
import { texts } from "../texts/texts.ts";
import { max, shortText, tenTo, unitsText } from "../venue/decimal.ts";
import { useStore } from "../venue/store.ts";
import { useDesk } from "./desk.tsx";
import { ladderRows } from "./ladder-rows.ts";
import { LadderSide } from "./ladder-side.tsx";
import { useLadderKeys } from "./use-ladder-keys.ts";
import { useOwnPrices } from "./use-own-prices.ts";
import { useRowsThatFit } from "./use-rows-that-fit.ts";
import "./ladder.css";

const HEAD_HEIGHT = 22;
const MIDDLE_HEIGHT = 30;
const GROUPS = [0, 1, 2, 3, 4];

/** The order book as a ladder: asks above, bids below, the market between them. */
export function Ladder() {
  const { market, book } = useDesk();
  const [power, setPower] = useState(0);
  const { repairs } = useStore(book.view);
  const options = GROUPS.map((group) => {
    const step = market.tick * tenTo(group);
    return [String(group), shortText(step, market.priceDecimals)] as const;
  });
  return (
    <Panel
      title={texts.book.title}
      label={texts.book.title}
      className="ladder-panel"
      end={
        <>
          {repairs > 0 && (
            <span className="dim" title={texts.book.repaired(repairs)} data-repairs={repairs}>
              ⟳ {repairs}
            </span>
          )}
          <Choice
            isSmall
            label={texts.book.grouping}
            value={String(power)}
            options={options}
            onChange={(value) => setPower(Number(value))}
          />
          <Age feed={book} />
        </>
      }
    >
      <LadderBody group={market.tick * tenTo(power)} />
    </Panel>
  );
}

function LadderBody({ group }: { readonly group: bigint }) {
  const { market, book } = useDesk();
  const { bids, asks } = useStore(book.view);
  const [frame, space] = useRowsThatFit(HEAD_HEIGHT + MIDDLE_HEIGHT);
  const rowsMax = Math.floor(space / 2);
  const askRows = ladderRows(asks, "ask", group, rowsMax);
  const bidRows = ladderRows(bids, "bid", group, rowsMax);
  const deepest = max(askRows.at(-1)?.total ?? 0n, bidRows.at(-1)?.total ?? 0n);
  const keys = useLadderKeys(askRows, bidRows);
  const own = useOwnPrices(group);
  return (
    <div className="ladder" ref={frame}>
      <div className="ladder-head" aria-hidden="true">
        <span>{texts.book.price(market.quote)}</span>
        <span>{texts.book.quantity(market.base)}</span>
        <span>{texts.book.total}</span>
      </div>
      <div
        className="ladder-rows"
        data-focus="ladder"
        role="listbox"
        aria-busy={askRows.length + bidRows.length === 0}
        tabIndex={0}
        aria-label={`${texts.book.title}. ${texts.book.keys}`}
        {...keys.handlers}
      >
        <LadderSide
          side="ask"
          rows={askRows}
          rowsMax={rowsMax}
          deepest={deepest}
          keys={keys}
          own={own}
        />
        <Middle />
        <LadderSide
          side="bid"
          rows={bidRows}
          rowsMax={rowsMax}
          deepest={deepest}
          keys={keys}
          own={own}
        />
      </div>
    </div>
  );
}

/** The last price, and what lies between the best two. */
function Middle() {
  const { market, book, trades } = useDesk();
  const { bids, asks } = useStore(book.view);
  const last = useStore(trades.view)[0];
  const format = useFormat();
  const bid = bids[0]?.price;
  const ask = asks[0]?.price;
  const spread = bid === undefined || ask === undefined ? null : ask - bid;
  const share = spread === null || ask === undefined ? "" : ` · ${basisPoints(spread, ask)} bp`;
  return (
    <div className="ladder-middle" role="presentation">
      <span className={last === undefined ? "dim" : last.taker}>
        {last === undefined
          ? "—"
          : `${last.taker === "buy" ? "▲" : "▼"} ${format.units(last.price, market.priceDecimals)}`}
      </span>
      <span className="dim">
        {texts.book.spread}{" "}
        {spread === null ? "—" : unitsText(spread, market.priceDecimals) + share}
      </span>
    </div>
  );
}

function basisPoints(spread: bigint, ask: bigint): string {
  return shortText((spread * 100_000n) / ask, 1);
}
