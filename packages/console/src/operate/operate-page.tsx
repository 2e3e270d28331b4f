import { Link, Outlet } from "@tanstack/react-router";
import { PageFrame } from "../design/page.tsx";
import { Empty } from "../design/panel.tsx";
import { operateTexts } from "../texts/operate-texts.ts";
import { texts } from "../texts/texts.ts";
import { session } from "../venue/session.ts";
import { useStore } from "../venue/store.ts";
import "./operate.css";

const { parts } = operateTexts;

/** What administrators see and do. */
export function OperatePage() {
  const state = useStore(session);
  if (state.phase === "unknown") return <Empty>{texts.loading}</Empty>;
  if (state.phase === "signed-out" || state.session.person.role !== "administrator") {
    return (
      <Empty>
        <Link to="/sign-in" search={{ from: location.pathname }}>
          {operateTexts.signedOut}
        </Link>
      </Empty>
    );
  }
  return (
    <PageFrame
      label={texts.nav.operate}
      parts={[
        { to: "/operate", name: parts.nodes },
        { to: "/operate/markets", name: parts.markets },
        { to: "/operate/accounts", name: parts.accounts },
        { to: "/operate/people", name: parts.people },
        { to: "/operate/trail", name: parts.trail },
      ]}
    >
      <Outlet />
    </PageFrame>
  );
}
