import { isAdministrator, isElevated, nameInTrail, signedInOf } from "../people/signed-in.ts";
import { administratorOf } from "./credentials.ts";
import { FailedAttempts } from "./failed-attempts.ts";
import { type AdminRequest, noRoute, type Surface, single } from "./json-api.ts";
import { openApiDocument } from "./openapi.ts";
import { type Problem, problem } from "./problem.ts";
import { type AdminContext, ok } from "./route.ts";
import { adminRoutes } from "./routes.ts";

export const adminPath = "/admin/v1";

const about = {
  path: adminPath,
  title: "Halcyon admin API",
  description:
    "Assets, markets, accounts, keys, people and money of the venue. Every change is a command in the log: an answer of 2xx means that it is durable and applied. Amounts, prices and rates are exact decimal strings. Errors are problems after RFC 9457.",
  securityScheme: {
    name: "administrator",
    scheme: {
      type: "http",
      scheme: "bearer",
      description: "A token of the form hal_admin_ and 43 characters.",
    },
  },
  routes: adminRoutes.routes,
};

export function adminDocument(version: string): Record<string, unknown> {
  return openApiDocument({ ...about, version });
}

/** The admin API: for the tokens of administrators, and for administrators who signed in on the page. */
export function adminSurface(context: AdminContext): Surface {
  const failedAttempts = new FailedAttempts();
  let openApi: Record<string, unknown> | undefined;
  return {
    path: adminPath,
    routes: adminRoutes,
    openly({ verb, path }) {
      if (path !== "/openapi.json") return null;
      if (verb !== "GET") return noRoute(verb, ["GET"]);
      openApi ??= adminDocument(context.version);
      return ok(openApi);
    },
    identify(request, instance) {
      const signedIn = signedInOf(context.replica.venue, request.session);
      if (signedIn !== null) {
        if (!isAdministrator(signedIn)) {
          return problem("forbidden", "This is for administrators: sign in as one.");
        }
        if (request.verb !== "GET" && !isElevated(context.replica.venue, signedIn)) {
          return problem("second-factor-needed", "Prove once more who you are, then ask again.");
        }
        return { name: nameInTrail(signedIn), signedIn };
      }
      const { authorization } = request.headers;
      const administrator = administratorOf(single(authorization), context.replica.venue.keys);
      if (administrator !== null) return { name: administrator.name, signedIn: null };
      return unauthorized(context, failedAttempts, request, instance);
    },
  };
}

function unauthorized(
  context: AdminContext,
  failedAttempts: FailedAttempts,
  { address }: AdminRequest,
  instance: string,
): Problem {
  const waitMs = failedAttempts.add(address, context.now());
  if (waitMs > 0) {
    const seconds = String(Math.ceil(waitMs / 1000));
    return problem(
      "too-many-attempts",
      `This address has sent too many requests without a valid token: wait ${seconds} s.`,
      { headers: { "Retry-After": seconds } },
    );
  }
  context.logger.warn({ audit: true, address, requestId: instance }, "no valid token");
  return problem(
    "unauthorized",
    "Send the header `Authorization: Bearer hal_admin_...` with the token of an administrator.",
    { headers: { "WWW-Authenticate": 'Bearer realm="halcyon admin"' } },
  );
}
