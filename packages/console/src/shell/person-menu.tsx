import { Menu } from "@base-ui/react/menu";
import { Link, useLocation } from "@tanstack/react-router";
import { tellRefused } from "../design/tell-refused.ts";
import { texts } from "../texts/texts.ts";
import { session, signOut } from "../venue/session.ts";
import { useStore } from "../venue/store.ts";

/** Who is signed in, or the way to it. Its place is there before that is known. */
export function PersonMenu() {
  const state = useStore(session);
  const { pathname } = useLocation();
  if (state.phase === "unknown") return <span className="person" />;
  if (state.phase === "signed-out") {
    const from = pathname === "/sign-in" ? "/trade" : pathname;
    return (
      <Link className="button primary person" to="/sign-in" search={{ from }}>
        {texts.signIn.submit}
      </Link>
    );
  }
  const { name } = state.session.person;
  return (
    <Menu.Root>
      <Menu.Trigger className="button quiet person" aria-label={texts.signIn.as(name)}>
        {name} <span aria-hidden="true">▾</span>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner side="bottom" align="end" sideOffset={6}>
          <Menu.Popup className="popup menu">
            <Menu.Item
              className="menu-item"
              onClick={() => void signOut().catch((error: unknown) => tellRefused(error))}
            >
              {texts.signIn.out}
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
