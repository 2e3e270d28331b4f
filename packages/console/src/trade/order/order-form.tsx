import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { Choice } from "../../design/field.tsx";
import { Panel } from "../../design/panel.tsx";
import { texts } from "../../texts/texts.ts";
import { session } from "../../venue/session.ts";
import { useStore } from "../../venue/store.ts";
import { useAccount } from "../../venue/use-account.ts";
import { useDesk } from "../desk.tsx";
import { Available, ShareSlider } from "./balance-share.tsx";
import { checkDraft } from "./check.ts";
import { kindsOf, type OrderKind, type Side } from "./draft.ts";
import { useDraft } from "./draft-context.tsx";
import { DraftFields } from "./draft-fields.tsx";
import { MoreFields, TermFields } from "./draft-terms.tsx";
import { OrderPreview } from "./order-preview.tsx";
import { submitDraft } from "./submit.ts";
import { useSurroundings } from "./use-surroundings.ts";
import "./order-form.css";

/** Where orders are written; says what is wrong before anything is sent. */
export function OrderForm() {
  const { market } = useDesk();
  const { draft, change } = useDraft();
  const around = useSurroundings();
  const account = useAccount();
  const [isSending, setSending] = useState(false);
  const checked = checkDraft(draft, around);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!checked.isReady || isSending || account === null) return;
    setSending(true);
    void submitDraft(draft, checked.values, market).then((wasPlaced) => {
      setSending(false);
      if (wasPlaced) change({ quantity: "", total: "", iceberg: "" });
    });
  };
  return (
    <Panel title={texts.order.title} label={texts.order.title} className="order-panel">
      <form className="order-form" onSubmit={submit} noValidate>
        <SideSwitch />
        <Choice<OrderKind>
          label={texts.order.kind}
          focus="kind"
          value={draft.kind}
          options={kindsOf(market).map((kind) => [kind, texts.order.kinds[kind] ?? kind])}
          onChange={(kind) => change({ kind })}
        />
        <DraftFields checked={checked} />
        <ShareSlider checked={checked} around={around} />
        <Available around={around} />
        <TermFields checked={checked} />
        <MoreFields checked={checked} />
        <OrderPreview checked={checked} around={around} />
        <Submit isReady={checked.isReady && !isSending} />
      </form>
    </Panel>
  );
}

function SideSwitch() {
  const { draft, change } = useDraft();
  const side = (name: Side, className: string) => (
    <button
      type="button"
      className={draft.side === name ? `button ${className}` : "button"}
      aria-pressed={draft.side === name}
      onClick={() => change({ side: name })}
    >
      {texts.order.sides[name]}
    </button>
  );
  return (
    <fieldset className="side-switch">
      <legend className="hidden-text">{texts.order.side}</legend>
      {side("BUY", "buys")}
      {side("SELL", "sells")}
    </fieldset>
  );
}

function Submit({ isReady }: { readonly isReady: boolean }) {
  const { market } = useDesk();
  const { draft } = useDraft();
  const account = useAccount();
  const state = useStore(session);
  if (account === null) {
    if (state.phase === "signed-in") return <p className="dim">{texts.order.noAccount}</p>;
    return (
      <Link className="button primary" to="/sign-in" search={{ from: location.pathname }}>
        {texts.order.signIn}
      </Link>
    );
  }
  const isByTotal = draft.kind === "MARKET" && draft.amountOf === "quote";
  const amount = isByTotal ? `${draft.total} ${market.quote}` : `${draft.quantity} ${market.base}`;
  return (
    <button
      type="submit"
      className={`button ${draft.side === "BUY" ? "buys" : "sells"}`}
      disabled={!isReady}
    >
      {texts.order.submit(texts.order.sides[draft.side], amount.trim())}
    </button>
  );
}
