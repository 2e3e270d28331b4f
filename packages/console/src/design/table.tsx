import type { ReactNode } from "react";
import "./table.css";

export interface Column {
  readonly name: string;
  readonly isNumber?: boolean;
  /** Left out on small screens; its cells are of the class `optional`. */
  readonly isOptional?: boolean;
}

/** A table whose head stays while its rows scroll: by keyboard too, so the frame takes the focus. */
export function Table(props: {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard.
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms.
    <div className="table-frame" role="group" aria-label={props.label} tabIndex={0}>
      <table className="table" aria-label={props.label}>
        <thead>
          <tr>
            {props.columns.map(({ name, isNumber, isOptional }) => (
              <th
                key={name}
                scope="col"
                className={`${isNumber === true ? "number" : ""} ${isOptional === true ? "optional" : ""}`}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </div>
  );
}
