import { type FormEvent, useState } from "react";
import { Field } from "../design/field.tsx";
import { Modal } from "../design/modal.tsx";
import { notify } from "../design/notices.tsx";
import { useFormat } from "../settings/format.ts";
import { accountTexts } from "../texts/account-texts.ts";
import { texts } from "../texts/texts.ts";
import type { Balance } from "../venue/account.ts";
import { parseUnits, trimmed, unitsOf } from "../venue/decimal.ts";
import { ask, VenueError } from "../venue/http.ts";
import { newRequestKey } from "../venue/request-key.ts";
import { proveFresh } from "./proof.ts";
import { AMOUNT_DECIMALS } from "./use-worth.ts";

const words = accountTexts.wallet;

export function WithdrawButton({ balance }: { readonly balance: Balance }) {
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      <button
        type="button"
        className="button small"
        aria-label={words.withdrawOf(balance.asset)}
        onClick={() => setOpen(true)}
      >
        {words.withdraw}
      </button>
      <Modal isOpen={isOpen} onClose={close} title={words.withdrawOf(balance.asset)}>
        <WithdrawForm balance={balance} onDone={close} />
      </Modal>
    </>
  );
}

/** One request, however often it is sent: its key is made when the form opens. */
function WithdrawForm(props: { readonly balance: Balance; readonly onDone: () => void }) {
  const { asset, free } = props.balance;
  const format = useFormat();
  const [key] = useState(() => newRequestKey());
  const [amount, setAmount] = useState("");
  const [address, setAddress] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const units = parseUnits(amount, AMOUNT_DECIMALS);
  const isTooMuch = units !== null && units > unitsOf(free, AMOUNT_DECIMALS);
  const isReady = units !== null && units > 0n && !isTooMuch && address.trim() !== "";
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    if (!(await proveFresh())) return;
    try {
      const query = { coin: asset, amount, address: address.trim() };
      const headers = { "Idempotency-Key": key };
      await ask("POST", "/sapi/v1/capital/withdraw/apply", { query, headers });
      props.onDone();
      notify("good", words.withdrawn(format.decimal(trimmed(amount)), asset));
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      setProblem(error.isOutcomeUnknown ? words.withdrawUnknown : error.message);
    }
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <Field
        label={words.columns.amount}
        unit={asset}
        inputMode="decimal"
        hint={words.free(format.decimal(trimmed(free)), asset)}
        problem={isTooMuch ? words.tooMuch : null}
        autoFocus
        required
        value={amount}
        onChange={(event) => setAmount(event.target.value.trim())}
      />
      <Field
        label={words.toAddress}
        hint={words.toAddressHint}
        maxLength={200}
        required
        value={address}
        onChange={(event) => setAddress(event.target.value)}
      />
      <p className="sell" role="alert">
        {problem}
      </p>
      <div className="actions">
        <button type="button" className="button" onClick={props.onDone}>
          {texts.act.back}
        </button>
        <button type="submit" className="button primary" disabled={!isReady}>
          {isReady ? words.withdrawAll(format.decimal(trimmed(amount)), asset) : words.withdraw}
        </button>
      </div>
    </form>
  );
}
