import { AuditTrail } from "./audit-trail.ts";
import type { JsonApi } from "./json-api.ts";
import type { AdminContext } from "./route.ts";
import { trailOf } from "./trail.ts";

export type Apis = { readonly admin: JsonApi; readonly people: JsonApi };

/**
 * The venue's own APIs, loaded apart from the rest of the gateway: to make their schemas takes a good
 * part of a node's start, and whoever trades need not wait for that.
 */
export async function loadApis(
  context: Omit<AdminContext, "people" | "audit" | "trail">,
): Promise<Apis> {
  const [{ JsonApi }, { adminSurface }, { peopleSurface }, { createPeopleTools }] =
    await Promise.all([
      import("./json-api.ts"),
      import("./admin-surface.ts"),
      import("../people/people-surface.ts"),
      import("../people/people-tools.ts"),
    ]);
  const audit = new AuditTrail();
  const people = createPeopleTools(context.masterKey);
  const whole = { ...context, people, audit, trail: trailOf(audit, context) };
  return {
    admin: new JsonApi(adminSurface(whole), whole),
    people: new JsonApi(peopleSurface(whole), whole),
  };
}
