import type { ReactNode } from "react";
import "./panel.css";

/** A framed part of a page with its name, and at the end of its head what belongs to it. */
export function Panel(props: {
  readonly title: ReactNode;
  readonly label: string;
  readonly end?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  const { title, label, end, className = "", children } = props;
  return (
    <section className={`panel ${className}`} aria-label={label}>
      <header>
        {typeof title === "string" ? <h2>{title}</h2> : title}
        <div className="end">{end}</div>
      </header>
      <div className="body">{children}</div>
    </section>
  );
}

/** Says that there is nothing, and what to do about it. */
export function Empty({ children }: { readonly children: ReactNode }) {
  return <div className="empty">{children}</div>;
}
