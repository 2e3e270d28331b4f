import type { ReactNode } from "react";
import "./table.css";

export interface Column {
  readonly name: string;
  readonly isNumber?: boolean;
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
            {props.columns.map(({ name, isNumber }) => (
              <th key={name} scope="col" className={isNumber === true ? "number" : undefined}>
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
