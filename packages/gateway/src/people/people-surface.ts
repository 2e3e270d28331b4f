import { noRoute, type Surface } from "../admin/json-api.ts";
import { openApiDocument } from "../admin/openapi.ts";
import { problem } from "../admin/problem.ts";
import { type AdminContext, ok } from "../admin/route.ts";
import { RouteTable } from "../admin/route-table.ts";
import { isFromPage } from "../auth/session-cookie.ts";
import { ownKeyRoutes } from "./routes/own-keys.ts";
import { passwordRoutes } from "./routes/password.ts";
import { secondFactorRoutes } from "./routes/second-factor.ts";
import { sessionRoutes } from "./routes/sessions.ts";
import { statementRoutes } from "./routes/statement.ts";
import { nameInTrail, signedInOf } from "./signed-in.ts";

export const peoplePath = "/people/v1";

export const peopleRoutes: RouteTable = new RouteTable([
  ...sessionRoutes,
  ...passwordRoutes,
  ...secondFactorRoutes,
  ...ownKeyRoutes,
  ...statementRoutes,
]);

const about = {
  path: peoplePath,
  title: "Halcyon people API",
  description:
    "Signing in, and what people do for themselves. For the venue's own page: requests carry the header `X-Requested-With`, and whoever signed in is known by a cookie. Errors are problems after RFC 9457.",
  securityScheme: {
    name: "session",
    scheme: { type: "apiKey", in: "cookie", name: "halcyon_session" },
  },
  routes: peopleRoutes.routes,
};

const nobody = { name: "", signedIn: null };

/** For the venue's own page: signing in, and what people do for themselves. */
export function peopleSurface(context: AdminContext): Surface {
  let openApi: Record<string, unknown> | undefined;
  return {
    path: peoplePath,
    routes: peopleRoutes,
    openly({ verb, path }) {
      if (path !== "/openapi.json") return null;
      if (verb !== "GET") return noRoute(verb, ["GET"]);
      openApi ??= openApiDocument({ ...about, version: context.version });
      return ok(openApi);
    },
    identify(request) {
      if (!isFromPage(request.headers)) {
        return problem(
          "forbidden",
          "This is for the venue's own page. Programs that mean to use it send `X-Requested-With`; API keys and /api/v3 are made for them.",
        );
      }
      if (request.verb === "POST" && request.path === "/sessions") return nobody;
      const signedIn = signedInOf(context.replica.venue, request.session);
      if (signedIn === null)
        return problem("not-signed-in", "Sign in with POST /people/v1/sessions.");
      return { name: nameInTrail(signedIn), signedIn };
    },
  };
}
