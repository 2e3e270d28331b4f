import { type FormEvent, useState } from "react";
import { Field } from "../design/field.tsx";
import { Modal } from "../design/modal.tsx";
import { texts } from "../texts/texts.ts";
import { VenueError } from "../venue/http.ts";
import { elevate, session } from "../venue/session.ts";
import { useStore } from "../venue/store.ts";
import { CodeField } from "./code-field.tsx";
import { settle } from "./proof.ts";
import { problemOf } from "./sign-in-problem.ts";

/** Asks for the code, or the password of who has no second factor, before a sensitive act. */
export default function ProofDialog() {
  return (
    <Modal isOpen onClose={() => settle(false)} title={texts.proof.title}>
      <p className="dim">{texts.proof.why}</p>
      <ProofForm />
    </Modal>
  );
}

function ProofForm() {
  const state = useStore(session);
  const hasFactor = state.phase === "signed-in" && state.session.person.hasSecondFactor;
  const [value, setValue] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setSending(true);
    setProblem(null);
    try {
      await elevate(hasFactor ? { code: value } : { password: value });
      settle(true);
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      setProblem(problemOf(error));
      setValue("");
    } finally {
      setSending(false);
    }
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      {hasFactor ? (
        <CodeField code={value} onChange={setValue} problem={problem} />
      ) : (
        <Field
          label={texts.signIn.password}
          type="password"
          autoComplete="current-password"
          autoFocus
          required
          value={value}
          problem={problem}
          onChange={(event) => setValue(event.target.value)}
        />
      )}
      <div className="actions">
        <button type="button" className="button" onClick={() => settle(false)}>
          {texts.proof.cancel}
        </button>
        <button type="submit" className="button primary" disabled={isSending}>
          {texts.proof.submit}
        </button>
      </div>
    </form>
  );
}
