import type { ReactNode } from "react";
import "./table.css";

export interface Column {
  readonly name: string;
  readonly isNumber?: boolean;
  /** Left out on small screens; its cells are of the class `optional`. */
  readonly isOptional?: boolean;
}

/** A table whose head stays while its rows scroll. */
export function Table(props: {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly children: ReactNode;
}) {
  return (
    <div className="table-frame">
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
