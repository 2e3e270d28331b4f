import { Link } from "@tanstack/react-router";
import { Empty } from "../design/panel.tsx";
import { texts } from "../texts/texts.ts";

/** What went wrong, and a way on. `reset` tries again; without it the page is loaded anew. */
export function Problem({ error, reset }: { error: Error; reset?: (() => void) | undefined }) {
  return (
    <Empty>
      <div>
        <h1>{texts.problem.title}</h1>
        <p>{error.message}</p>
        <p>
          <button type="button" className="button" onClick={reset ?? (() => location.reload())}>
            {texts.problem.retry}
          </button>
        </p>
      </div>
    </Empty>
  );
}

export function NotFound() {
  return (
    <Empty>
      <div>
        <p>{texts.problem.notFound}</p>
        <Link to="/trade">{texts.problem.toTrade}</Link>
      </div>
    </Empty>
  );
}
