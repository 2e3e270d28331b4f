import { Field } from "../design/field.tsx";
import { texts } from "../texts/texts.ts";

/** The six digits of a second factor. */
export function CodeField(props: {
  readonly code: string;
  readonly onChange: (code: string) => void;
  readonly problem?: string | null;
}) {
  return (
    <Field
      label={texts.signIn.code}
      hint={texts.signIn.codeMore}
      problem={props.problem}
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="[0-9]{6}"
      maxLength={6}
      autoFocus
      required
      value={props.code}
      onChange={(event) => props.onChange(event.target.value.trim())}
    />
  );
}
