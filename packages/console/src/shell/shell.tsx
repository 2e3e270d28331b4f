import { Link, Outlet } from "@tanstack/react-router";
import logo from "../design/halcyon.svg";
import { Notices } from "../design/notices.tsx";
import { texts } from "../texts.ts";
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
      <Notices />
    </div>
  );
}
