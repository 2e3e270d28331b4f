import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useEffect, useState } from "react";
import { Field } from "../design/field.tsx";
import { texts } from "../texts/texts.ts";
import { VenueError } from "../venue/http.ts";
import { session, signIn } from "../venue/session.ts";
import { useStore } from "../venue/store.ts";
import { CodeField } from "./code-field.tsx";
import { problemOf } from "./sign-in-problem.ts";
import "./sign-in.css";

/** Name and password, and the code of the second factor once the venue asks for it. */
export function SignInPage() {
  const state = useStore(session);
  const { from } = useSearch({ from: "/sign-in" });
  const navigate = useNavigate();
  useEffect(() => {
    if (state.phase === "signed-in") void navigate({ to: from, replace: true });
  }, [state, from, navigate]);
  const hasExpired = state.phase === "signed-out" && state.hasExpired;
  return (
    <div className="sign-in">
      <SignInForm note={hasExpired ? texts.signIn.again : null} />
      <p className="dim">{texts.signIn.where}</p>
    </div>
  );
}

function SignInForm({ note }: { readonly note: string | null }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setSending(true);
    setProblem(null);
    try {
      await signIn(name.trim(), password, code ?? undefined);
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      if (error.code === "second-factor-required") setCode("");
      else setProblem(problemOf(error));
    } finally {
      setSending(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <h1>{texts.signIn.title}</h1>
      {note !== null && <p className="warn">{note}</p>}
      <Field
        label={texts.signIn.name}
        name="name"
        autoComplete="username"
        autoCapitalize="none"
        autoFocus
        required
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Field
        label={texts.signIn.password}
        name="password"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      {code !== null && <CodeField code={code} onChange={setCode} />}
      <p className="sign-in-problem sell" role="alert">
        {problem}
      </p>
      <button type="submit" className="button primary" disabled={isSending}>
        {texts.signIn.submit}
      </button>
    </form>
  );
}
