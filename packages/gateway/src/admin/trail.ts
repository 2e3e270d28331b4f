import type { AuditTrail } from "./audit-trail.ts";
import type { AdminContext } from "./route.ts";

/** Tells each change to the log file and to what the node remembers. */
export function trailOf(
  audit: AuditTrail,
  { logger, now, replica }: Pick<AdminContext, "logger" | "now" | "replica">,
): AdminContext["trail"] {
  return (call, target, outcome, status, position) => {
    const { address, route, instance: requestId } = call;
    const by = call.by.name;
    const known = { by, address, route, target, outcome, status, requestId };
    audit.add({ ...known, timeMs: now(), node: replica.nodeName, position });
    logger.info({ audit: true, ...known, ...(position === null ? {} : { position }) }, "a change");
  };
}
