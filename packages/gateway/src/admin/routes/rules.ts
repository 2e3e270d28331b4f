import { encodeSetRulesVersion, refusal, rulesVersionMax } from "@halcyon/core";
import { change } from "../change.ts";
import { invalidRequest } from "../problem.ts";
import { defineRoute, ok } from "../route.ts";
import { rulesInForce, rulesVersion } from "../rule-schemas.ts";

const getRules = defineRoute({
  verb: "GET",
  path: "/rules",
  operationId: "getRules",
  tag: "System",
  summary: "Show which rules are in force",
  description: "docs/rules.md says what each version brings.",
  success: { status: 200, description: "The rules.", schema: rulesInForce },
  handle: ({ replica: { venue } }) => ok({ version: venue.rules.version, newest: rulesVersionMax }),
});

const setRules = defineRoute({
  verb: "POST",
  path: "/rules",
  operationId: "setRules",
  tag: "System",
  summary: "Switch to newer rules",
  description:
    "From this place in the log on, for ever. A node whose program does not know them stops there: look at GET /rules of every node first.",
  body: rulesVersion,
  success: { status: 200, description: "The rules in force now.", schema: rulesInForce },
  refusals: [refusal.rulesVersionNotHigher],
  handle(context, call, { body: { version } }) {
    if (version > rulesVersionMax) {
      const detail = `is beyond what this node knows, which is ${rulesVersionMax}: run a newer one`;
      return invalidRequest([{ pointer: "#/version", detail }]);
    }
    return change(context, call, {
      lane: "high",
      target: { version },
      event: "rulesVersionChanged",
      encode: (w, origin) => encodeSetRulesVersion(w, origin, { version }),
      matches: (event) => event.version === version,
      success: (event) => ok({ version: event.version, newest: rulesVersionMax }),
    });
  },
});

export const rulesRoutes = [getRules, setRules];
