import { Link, Outlet } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { waiting } from "../account/proof.ts";
import logo from "../design/halcyon.svg";
import { Notices } from "../design/notices.tsx";
import { texts } from "../texts/texts.ts";
import { session } from "../venue/session.ts";
import { useStore } from "../venue/store.ts";
import { ConnectionBadge } from "./connection-badge.tsx";
import { PersonMenu } from "./person-menu.tsx";
import { SettingsButton } from "./settings-button.tsx";
import "./shell.css";

/** What is around every page. */
export function Shell() {
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {texts.skip}
      </a>
      <header className="top">
        <Link to="/" className="brand" aria-label={texts.venue}>
          <img src={logo} alt="" width="22" height="22" />
          <span>{texts.venue}</span>
        </Link>
        <nav aria-label={texts.nav.label}>
          <Link to="/trade" activeProps={{ "aria-current": "page" }}>
            {texts.nav.trade}
          </Link>
          <OwnPages />
        </nav>
        <div className="end">
          <ConnectionBadge />
          <SettingsButton />
          <PersonMenu />
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        <Outlet />
      </main>
      <Proof />
      <Notices />
    </div>
  );
}

/** What only who is signed in has. */
function OwnPages() {
  const state = useStore(session);
  if (state.phase !== "signed-in") return null;
  const isTrader = state.session.person.role === "trader";
  return (
    <>
      <Link
        to={isTrader ? "/account" : "/account/security"}
        activeProps={{ "aria-current": "page" }}
      >
        {texts.nav.account}
      </Link>
      {!isTrader && (
        <Link to="/operate" activeProps={{ "aria-current": "page" }}>
          {texts.nav.operate}
        </Link>
      )}
    </>
  );
}

const ProofDialog = lazy(() => import("../account/proof-dialog.tsx"));

/** Loaded when somebody is asked. */
function Proof() {
  if (useStore(waiting) === null) return null;
  return (
    <Suspense fallback={null}>
      <ProofDialog />
    </Suspense>
  );
}
