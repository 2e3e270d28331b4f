import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { NotFound, Problem } from "./shell/problem.tsx";
import { Shell } from "./shell/shell.tsx";

/** The pages, by their paths. Each is loaded when somebody goes there. */
const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/trade", replace: true });
  },
});

const firstMarket = createRoute({
  getParentRoute: () => root,
  path: "/trade",
  component: lazyRouteComponent(() => import("./trade/trade-page.tsx"), "FirstMarket"),
});

export const tradeRoute = createRoute({
  getParentRoute: () => root,
  path: "/trade/$market",
  component: lazyRouteComponent(() => import("./trade/trade-page.tsx"), "TradePage"),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  // Only paths of this page: nobody is led elsewhere by a link to it.
  validateSearch: (search): { from: string } => {
    const from = String(search["from"] ?? "");
    return { from: /^\/[\w/-]*$/.test(from) && !from.startsWith("//") ? from : "/trade" };
  },
  component: lazyRouteComponent(() => import("./account/sign-in-page.tsx"), "SignInPage"),
});

const account = createRoute({
  getParentRoute: () => root,
  path: "/account",
  component: lazyRouteComponent(() => import("./account/account-page.tsx"), "AccountPage"),
});

const wallet = createRoute({
  getParentRoute: () => account,
  path: "/",
  component: lazyRouteComponent(() => import("./account/wallet-page.tsx"), "WalletPage"),
});

const keys = createRoute({
  getParentRoute: () => account,
  path: "/keys",
  component: lazyRouteComponent(() => import("./account/keys-page.tsx"), "KeysPage"),
});

const security = createRoute({
  getParentRoute: () => account,
  path: "/security",
  component: lazyRouteComponent(() => import("./account/security-page.tsx"), "SecurityPage"),
});

const operate = createRoute({
  getParentRoute: () => root,
  path: "/operate",
  component: lazyRouteComponent(() => import("./operate/operate-page.tsx"), "OperatePage"),
});

const operateParts = [
  createRoute({
    getParentRoute: () => operate,
    path: "/",
    component: lazyRouteComponent(() => import("./operate/nodes-page.tsx"), "NodesPage"),
  }),
  createRoute({
    getParentRoute: () => operate,
    path: "/markets",
    component: lazyRouteComponent(() => import("./operate/markets-page.tsx"), "MarketsPage"),
  }),
  createRoute({
    getParentRoute: () => operate,
    path: "/accounts",
    component: lazyRouteComponent(() => import("./operate/accounts-page.tsx"), "AccountsPage"),
  }),
  createRoute({
    getParentRoute: () => operate,
    path: "/people",
    component: lazyRouteComponent(() => import("./operate/people-page.tsx"), "PeoplePage"),
  }),
  createRoute({
    getParentRoute: () => operate,
    path: "/trail",
    component: lazyRouteComponent(() => import("./operate/trail-page.tsx"), "TrailPage"),
  }),
];

export const router = createRouter({
  routeTree: root.addChildren([
    start,
    firstMarket,
    tradeRoute,
    signIn,
    account.addChildren([wallet, keys, security]),
    operate.addChildren(operateParts),
  ]),
  defaultErrorComponent: ({ error, reset }) => <Problem error={error as Error} reset={reset} />,
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
