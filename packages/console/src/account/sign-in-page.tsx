import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useEffect, useState } from "react";
import { Field } from "../design/field.tsx";
import { texts } from "../texts.ts";
import { VenueError } from "../venue/http.ts";
import { session, signIn } from "../venue/session.ts";
import { useStore } from "../venue/store.ts";
import "./sign-in.css";

/** An API key and its secret. People with passwords come with what the venue will know of them. */
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
  const [apiKey, setApiKey] = useState("");
  const [secret, setSecret] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setSending(true);
    setProblem(null);
    try {
      await signIn(apiKey.trim(), secret.trim());
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      setProblem(problemOf(error));
    } finally {
      setSending(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <h1>{texts.signIn.title}</h1>
      {note !== null && <p className="warn">{note}</p>}
      <Field
        label={texts.signIn.apiKey}
        name="api-key"
        autoComplete="username"
        autoCapitalize="none"
        autoFocus
        required
        value={apiKey}
        onChange={(event) => setApiKey(event.target.value)}
      />
      <Field
        label={texts.signIn.secret}
        hint={texts.signIn.secretMore}
        name="secret"
        type="password"
        autoComplete="off"
        required
        value={secret}
        onChange={(event) => setSecret(event.target.value)}
      />
      <p className="sign-in-problem sell" role="alert">
        {problem}
      </p>
      <button type="submit" className="button primary" disabled={isSending}>
        {texts.signIn.submit}
      </button>
    </form>
  );
}

function problemOf(error: VenueError): string {
  if (error.status !== 429 || error.retryAfterMs === null) return error.message;
  return texts.signIn.wait(Math.ceil(error.retryAfterMs / 1000));
}
