import { type ComponentProps, type ReactNode, useId } from "react";

/** A labelled field; what is wrong with its value stands below it and is read out with it. */
export function Field(
  props: {
    readonly label: ReactNode;
    readonly unit?: string;
    readonly problem?: string | null | undefined;
    readonly hint?: ReactNode;
  } & ComponentProps<"input">,
) {
  const { label, unit, problem, hint, ...input } = props;
  const id = useId();
  const hasProblem = problem !== null && problem !== undefined;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="input" data-invalid={hasProblem || undefined}>
        <input
          id={id}
          autoComplete="off"
          spellCheck={false}
          aria-invalid={hasProblem}
          aria-describedby={`${id}-more`}
          {...input}
        />
        {unit !== undefined && <span className="unit">{unit}</span>}
      </div>
      <div id={`${id}-more`} className={hasProblem ? "problem" : "hint"}>
        {hasProblem ? problem : hint}
      </div>
    </div>
  );
}

/** A labelled choice of a few. */
export function Choice<T extends string>(props: {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [value: T, text: string])[];
  readonly onChange: (value: T) => void;
  readonly isSmall?: boolean;
  /** By which shortcuts find it. */
  readonly focus?: string;
}) {
  const { label, value, options, onChange, isSmall = false, focus } = props;
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id} className={isSmall ? "hidden-text" : undefined}>
        {label}
      </label>
      <select
        id={id}
        className={isSmall ? "select small" : "select"}
        data-focus={focus}
        value={value}
        onChange={(event) => onChange(event.target.value as T)}
      >
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
