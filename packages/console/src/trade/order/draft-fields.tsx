import { Field } from "../../design/field.tsx";
import { texts } from "../../texts/texts.ts";
import { useDesk } from "../desk.tsx";
import type { Checked } from "./check.ts";
import { type DraftField, fieldsOf, hasExit, isByTotal } from "./draft.ts";
import { useDraft } from "./draft-context.tsx";

/** The prices and amounts of the order that is being written. */
export function DraftFields({ checked }: { readonly checked: Checked }) {
  const { market } = useDesk();
  const { draft, change } = useDraft();
  const { kind } = draft;
  const has = fieldsOf(draft);
  const labels = texts.order;
  const isTrailing = kind === "TRAILING";
  return (
    <>
      {has.has("stopPrice") && !isTrailing && kind !== "OTOCO" && (
        <NumberField
          name="stopPrice"
          label={labels.stopPrice}
          unit={market.quote}
          checked={checked}
        />
      )}
      {isTrailing && (
        <>
          <NumberField name="trailingPercent" label={labels.trailing} unit="%" checked={checked} />
          <NumberField
            name="stopPrice"
            label={labels.activation}
            unit={market.quote}
            checked={checked}
          />
        </>
      )}
      {has.has("price") && (
        <NumberField
          name="price"
          label={kind === "LIMIT" || hasExit(kind) ? labels.price : labels.limitPrice}
          unit={market.quote}
          checked={checked}
        />
      )}
      {has.has("stopLimitPrice") && kind !== "OTOCO" && (
        <NumberField
          name="stopLimitPrice"
          label={labels.stopLimitPrice}
          unit={market.quote}
          checked={checked}
        />
      )}
      <div className="amount">
        {isByTotal(draft) ? (
          <NumberField name="total" label={labels.total} unit={market.quote} checked={checked} />
        ) : (
          <NumberField
            name="quantity"
            label={labels.quantity}
            unit={market.base}
            checked={checked}
          />
        )}
        {kind === "MARKET" && (
          <button
            type="button"
            className="button small"
            onClick={() => change({ amountOf: draft.amountOf === "base" ? "quote" : "base" })}
          >
            {labels.amountOf} {draft.amountOf === "base" ? market.quote : market.base}
          </button>
        )}
      </div>
      {hasExit(kind) && <ExitFields checked={checked} hasStop={kind === "OTOCO"} />}
    </>
  );
}

/** The orders that follow on the other side. */
function ExitFields({
  checked,
  hasStop,
}: {
  readonly checked: Checked;
  readonly hasStop: boolean;
}) {
  const { market } = useDesk();
  const labels = texts.order;
  return (
    <fieldset className="exit">
      <legend>{labels.exit}</legend>
      <NumberField
        name="exitPrice"
        label={labels.exitPrice}
        unit={market.quote}
        checked={checked}
      />
      {hasStop && (
        <>
          <NumberField
            name="stopPrice"
            label={labels.stopPrice}
            unit={market.quote}
            checked={checked}
          />
          <NumberField
            name="stopLimitPrice"
            label={labels.stopLimitPrice}
            unit={market.quote}
            checked={checked}
          />
        </>
      )}
      <NumberField
        name="exitQuantity"
        label={labels.exitQuantity}
        unit={market.base}
        checked={checked}
      />
      <p className="hint">{labels.exitMore}</p>
    </fieldset>
  );
}

export function NumberField(props: {
  readonly name: Exclude<DraftField, "goodTill">;
  readonly label: string;
  readonly unit: string;
  readonly checked: Checked;
}) {
  const { name, label, unit, checked } = props;
  const { draft, change } = useDraft();
  return (
    <Field
      label={label}
      unit={unit}
      inputMode="decimal"
      data-focus={name}
      value={draft[name]}
      problem={checked.problems[name]}
      // A comma is what many keyboards have for the point.
      onChange={(event) => change({ [name]: event.target.value.trim().replace(",", ".") })}
    />
  );
}
