import { type FormEvent, useState } from "react";
import { Choice, Field } from "../design/field.tsx";
import { accountTexts } from "../texts/account-texts.ts";
import { texts } from "../texts/texts.ts";
import { VenueError } from "../venue/http.ts";
import { type ApiKey, type KeyKind, makeKey, type Permission } from "./people-api.ts";

const words = accountTexts.keys;
const KINDS: readonly KeyKind[] = ["hmac-sha256", "ed25519", "rsa"];
const PERMISSIONS: readonly Permission[] = ["read", "trade", "withdraw"];

/** What a new key is called, what it may do, and from where. */
export function NewKeyForm(props: {
  readonly onDone: (key: ApiKey & { readonly secret?: string }) => void;
  readonly onBack: () => void;
}) {
  const [label, setLabel] = useState("");
  const [kind, setKind] = useState<KeyKind>("hmac-sha256");
  const [may, setMay] = useState<readonly Permission[]>(["read", "trade"]);
  const [from, setFrom] = useState("");
  const [publicKey, setPublicKey] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    const allowedAddresses = from.split(/[\s,]+/).filter((address) => address !== "");
    try {
      props.onDone(
        await makeKey({
          ...{ kind, label, permissions: may, allowedAddresses },
          ...(kind === "hmac-sha256" ? {} : { publicKey }),
        }),
      );
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      setProblem(error.message);
    }
  };
  const toggle = (one: Permission) =>
    setMay(PERMISSIONS.filter((each) => (each === one) !== may.includes(each)));
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <Field
        label={words.columns.label}
        hint={words.labelHint}
        maxLength={50}
        autoFocus
        required
        value={label}
        onChange={(event) => setLabel(event.target.value)}
      />
      <fieldset className="checks">
        <legend>{words.columns.may}</legend>
        {PERMISSIONS.map((one) => (
          <label key={one}>
            <input type="checkbox" checked={may.includes(one)} onChange={() => toggle(one)} />
            {words.permissions[one]}
          </label>
        ))}
      </fieldset>
      <Field
        label={words.columns.from}
        hint={words.fromHint}
        value={from}
        onChange={(event) => setFrom(event.target.value)}
      />
      <Choice
        label={words.columns.kind}
        value={kind}
        options={KINDS.map((one) => [one, words.kindsLong[one]] as const)}
        onChange={setKind}
      />
      {kind !== "hmac-sha256" && <PublicKeyField value={publicKey} onChange={setPublicKey} />}
      <p className="sell" role="alert">
        {problem}
      </p>
      <div className="actions">
        <button type="button" className="button" onClick={props.onBack}>
          {texts.act.back}
        </button>
        <button type="submit" className="button primary" disabled={may.length === 0}>
          {words.make}
        </button>
      </div>
    </form>
  );
}

function PublicKeyField(props: {
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <div className="field">
      <label htmlFor="public-key">{words.publicKey}</label>
      <textarea
        id="public-key"
        className="input text"
        rows={5}
        required
        spellCheck={false}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </div>
  );
}
