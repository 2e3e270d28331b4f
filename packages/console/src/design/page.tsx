import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import "./page.css";

/** A page of several parts: their names at its side, the chosen one beside them. */
export function PageFrame(props: {
  readonly label: string;
  readonly parts: readonly { readonly to: string; readonly name: string }[];
  readonly children: ReactNode;
}) {
  return (
    <div className="page-frame">
      <nav className="page-parts" aria-label={props.label}>
        {props.parts.map(({ to, name }) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact: true }}
            activeProps={{ "aria-current": "page" }}
          >
            {name}
          </Link>
        ))}
      </nav>
      <div className="page-content">{props.children}</div>
    </div>
  );
}

/** What something is called, and what it is. */
export function Facts(props: { readonly rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {props.rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
