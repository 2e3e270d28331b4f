import { Link, Outlet } from "@tanstack/react-router";
import { PageFrame } from "../design/page.tsx";
import { Empty } from "../design/panel.tsx";
import { accountTexts } from "../texts/account-texts.ts";
import { texts } from "../texts/texts.ts";
import { session } from "../venue/session.ts";
import { useStore } from "../venue/store.ts";

const { parts } = accountTexts.account;
const ofEverybody = [{ to: "/account/security", name: parts.security }];
const ofTraders = [
  { to: "/account", name: parts.wallet },
  { to: "/account/keys", name: parts.keys },
  ...ofEverybody,
];

/** What is somebody's own, for who is signed in. */
export function AccountPage() {
  const state = useStore(session);
  if (state.phase === "unknown") return <Empty>{texts.loading}</Empty>;
  if (state.phase === "signed-out") {
    return (
      <Empty>
        <Link to="/sign-in" search={{ from: location.pathname }}>
          {accountTexts.account.signedOut}
        </Link>
      </Empty>
    );
  }
  const isTrader = state.session.person.role === "trader";
  return (
    <PageFrame label={texts.nav.account} parts={isTrader ? ofTraders : ofEverybody}>
      <Outlet />
    </PageFrame>
  );
}
