import { Choice, Field } from "../../design/field.tsx";
import { texts } from "../../texts/texts.ts";
import { useDesk } from "../desk.tsx";
import type { Checked } from "./check.ts";
import { canRest, hasTerm, type TimeInForce } from "./draft.ts";
import { useDraft } from "./draft-context.tsx";
import { NumberField } from "./draft-fields.tsx";

/** How long the order works, and whether it may take. */
export function TermFields({ checked }: { readonly checked: Checked }) {
  const { draft, change } = useDraft();
  const { kind, timeInForce, isPostOnly, goodTill } = draft;
  if (!hasTerm(kind)) return null;
  const isPost = kind === "LIMIT" && isPostOnly;
  const names = (isPost ? ["GTC", "GTD"] : ["GTC", "IOC", "FOK", "GTD"]) as TimeInForce[];
  return (
    <div className="terms">
      <Choice<TimeInForce>
        label={texts.order.term}
        value={timeInForce}
        options={names.map((name) => [name, texts.order.terms[name]])}
        onChange={(next) => change({ timeInForce: next })}
      />
      {kind === "LIMIT" && (
        <label className="check" title={texts.order.postOnlyMore}>
          <input
            type="checkbox"
            checked={isPostOnly}
            onChange={({ target }) =>
              change({
                isPostOnly: target.checked,
                ...(target.checked && timeInForce !== "GTD" ? { timeInForce: "GTC" } : {}),
              })
            }
          />
          {texts.order.postOnly}
        </label>
      )}
      {timeInForce === "GTD" && (
        <Field
          type="datetime-local"
          label={texts.order.goodTill}
          value={goodTill}
          problem={checked.problems.goodTill}
          onChange={(event) => change({ goodTill: event.target.value })}
        />
      )}
    </div>
  );
}

/** What few orders need. */
export function MoreFields({ checked }: { readonly checked: Checked }) {
  const { market } = useDesk();
  const { draft, change } = useDraft();
  const modes = ["", ...market.selfTradeModes];
  return (
    <details className="more">
      <summary>{texts.order.more}</summary>
      {market.allowsIceberg && canRest(draft) && (
        <NumberField
          name="iceberg"
          label={texts.order.iceberg}
          unit={market.base}
          checked={checked}
        />
      )}
      <Choice
        label={texts.order.selfTrade}
        value={draft.selfTrade}
        options={modes.map((mode) => [mode, texts.order.selfTradeModes[mode] ?? mode])}
        onChange={(selfTrade) => change({ selfTrade })}
      />
    </details>
  );
}
