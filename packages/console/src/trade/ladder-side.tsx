import { useFormat } from "../settings/format.ts";
import { texts } from "../texts/texts.ts";
import { useDesk } from "./desk.tsx";
import type { LadderRow } from "./ladder-rows.ts";
import { type LadderKeys, rowId } from "./use-ladder-keys.ts";

interface SideProps {
  readonly side: "bid" | "ask";
  /** Best first. */
  readonly rows: readonly LadderRow[];
  readonly rowsMax: number;
  readonly deepest: bigint;
  readonly keys: LadderKeys;
  /** Prices at which own orders rest. */
  readonly own: ReadonlySet<bigint>;
}

/** One side of the ladder; its best row is next to the middle, and its place never moves. */
export function LadderSide({ side, rows, rowsMax, deepest, keys, own }: SideProps) {
  const shown = side === "ask" ? rows.toReversed() : rows;
  return (
    <div className="ladder-side" data-side={side} role="presentation" data-rows={rowsMax}>
      {shown.map((row) => (
        <Row
          key={String(row.price)}
          side={side}
          row={row}
          deepest={deepest}
          keys={keys}
          isOwn={own.has(row.price)}
        />
      ))}
    </div>
  );
}

function Row(
  props: Pick<SideProps, "side" | "deepest" | "keys"> & {
    readonly row: LadderRow;
    readonly isOwn: boolean;
  },
) {
  const { side, row, deepest, keys, isOwn } = props;
  const { market } = useDesk();
  const format = useFormat();
  const price = format.units(row.price, market.priceDecimals);
  const quantity = format.units(row.quantity, market.quantityDecimals);
  const total = format.units(row.total, market.quantityDecimals);
  const share = deepest === 0n ? 0 : Number((row.total * 1000n) / deepest) / 1000;
  const id = rowId(side, row.price);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list as a whole takes the keys.
    <div
      id={id}
      className="ladder-row"
      role="option"
      tabIndex={-1}
      aria-selected={keys.active === id}
      data-own={isOwn || undefined}
      onClick={() => keys.take(row.price)}
    >
      <span className="bar" style={{ transform: `scaleX(${share})` }} />
      <span className={side === "ask" ? "sell" : "buy"}>
        <Said>{texts.book.at(texts.book[side])}</Said>
        {price}
      </span>
      <span>
        <Said>{texts.book.quantityIs}</Said>
        {quantity}
      </span>
      <span className="dim">
        <Said>{texts.book.totalIs}</Said>
        {total}
        {isOwn && <Said>{`, ${texts.book.own}`}</Said>}
      </span>
    </div>
  );
}

/** For who hears the row rather than sees it. */
function Said({ children }: { readonly children: string }) {
  return <span className="hidden-text">{children}</span>;
}
