import { Menu } from "@base-ui/react/menu";
import { Link, useLocation } from "@tanstack/react-router";
import { texts } from "../texts.ts";
import { session, signOut } from "../venue/session.ts";
import { useStore } from "../venue/store.ts";

/** Who is signed in, or the way to it. */
export function PersonMenu() {
  const state = useStore(session);
  const { pathname } = useLocation();
  if (state.phase === "signed-out") {
    const from = pathname === "/sign-in" ? "/trade" : pathname;
    return (
      <Link className="button primary person" to="/sign-in" search={{ from }}>
        {texts.signIn.submit}
      </Link>
    );
  }
  const { name } = state.session;
  return (
    <Menu.Root>
      <Menu.Trigger className="button quiet person" aria-label={texts.signIn.as(name)}>
        {name} <span aria-hidden="true">▾</span>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner side="bottom" align="end" sideOffset={6}>
          <Menu.Popup className="popup menu">
            <Menu.Item className="menu-item" onClick={signOut}>
              {texts.signIn.out}
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
