export type Tone = "good" | "warn" | "bad";

/** A state in a word: its mark differs in shape, not in colour alone. */
export function State({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return (
    <span className="state" data-tone={tone}>
      {children}
    </span>
  );
}
