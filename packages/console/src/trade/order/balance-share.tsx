import { useFormat } from "../../settings/format.ts";
import { texts } from "../../texts/texts.ts";
import { shortText, toFloat } from "../../venue/decimal.ts";
import { useDesk } from "../desk.tsx";
import { type Checked, freeOf, type Surroundings } from "./check.ts";
import { isByTotal } from "./draft.ts";
import { useDraft } from "./draft-context.tsx";
import { amountOfShare } from "./share.ts";

const STEPS = [25, 50, 75, 100];

/** Takes a share of what may be spent. */
export function ShareSlider(props: { readonly checked: Checked; readonly around: Surroundings }) {
  const { checked, around } = props;
  const { market } = useDesk();
  const { draft, change } = useDraft();
  const take = (percent: number) => {
    const amount = amountOfShare(draft, checked.values, around, percent);
    if (amount === null) return;
    if (isByTotal(draft)) change({ total: shortText(amount, market.quoteDecimals) });
    else change({ quantity: shortText(amount, market.quantityDecimals) });
  };
  const isOff = amountOfShare(draft, checked.values, around, 100) === null;
  return (
    <fieldset className="share" disabled={isOff}>
      <legend className="hidden-text">{texts.order.share}</legend>
      <input
        type="range"
        aria-label={texts.order.share}
        min={0}
        max={100}
        step={1}
        value={
          isOff ? 0 : shownShare(checked, around, amountOfShare(draft, checked.values, around, 100))
        }
        onChange={(event) => take(Number(event.target.value))}
      />
      <div className="share-steps">
        {STEPS.map((percent) => (
          <button
            key={percent}
            type="button"
            className="button small"
            onClick={() => take(percent)}
          >
            {percent} %
          </button>
        ))}
      </div>
    </fieldset>
  );
}

function shownShare({ values }: Checked, { market }: Surroundings, all: bigint | null): number {
  const amount = values.total ?? values.quantity;
  if (amount === null || all === null || all === 0n) return 0;
  const decimals = values.total === null ? market.quantityDecimals : market.quoteDecimals;
  return Math.min(100, Math.round((toFloat(amount, decimals) / toFloat(all, decimals)) * 100));
}

export function Available({ around }: { readonly around: Surroundings }) {
  const { market } = useDesk();
  const { draft } = useDraft();
  const format = useFormat();
  const isBuy = draft.side === "BUY";
  const free = freeOf(draft, around);
  const decimals = isBuy ? market.quoteDecimals : market.baseDecimals;
  return (
    <p className="available">
      <span className="dim">{texts.order.available}</span>
      <span>
        {free === null ? "—" : format.short(free, decimals)} {isBuy ? market.quote : market.base}
      </span>
    </p>
  );
}
