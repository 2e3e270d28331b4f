import { type FormEvent, useState } from "react";
import { Choice, Field } from "../design/field.tsx";
import { operateTexts } from "../texts/operate-texts.ts";
import { texts } from "../texts/texts.ts";
import { VenueError } from "../venue/http.ts";
import { createPerson, type Person } from "./admin-api.ts";

const words = operateTexts.people;

export function NewPersonForm(props: {
  readonly onDone: (password: string) => void;
  readonly onBack: () => void;
}) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Person["role"]>("trader");
  const [account, setAccount] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    try {
      const of = role === "trader" ? { account: Number(account) } : {};
      props.onDone((await createPerson({ name, role, ...of })).password);
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      setProblem(error.message);
    }
  };
  const flags = role === "trader" ? `--account ${account || "ID"}` : "--role administrator";
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <Field
        label={words.columns.name}
        hint={words.nameHint}
        pattern="[a-z0-9._@\-]{1,64}"
        autoCapitalize="none"
        autoFocus
        required
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Choice
        label={words.columns.role}
        value={role}
        options={[
          ["trader", words.roles.trader],
          ["administrator", words.roles.administrator],
        ]}
        onChange={setRole}
      />
      {role === "trader" && (
        <Field
          label={words.columns.account}
          inputMode="numeric"
          pattern="[0-9]{1,9}"
          required
          value={account}
          onChange={(event) => setAccount(event.target.value.trim())}
        />
      )}
      <p className="command">
        {texts.act.byCommand}
        <code className="secret">{`npx halcyon person add ${name || "NAME"} ${flags}`}</code>
      </p>
      <p className="sell" role="alert">
        {problem}
      </p>
      <div className="actions">
        <button type="button" className="button" onClick={props.onBack}>
          {texts.act.back}
        </button>
        <button type="submit" className="button primary">
          {words.add}
        </button>
      </div>
    </form>
  );
}
