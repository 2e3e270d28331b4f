import { type Problem, problem } from "../../admin/problem.ts";
import { type Call, defineRoute } from "../../admin/route.ts";
import {
  endKey,
  keyInPath,
  keyPage,
  keyPageQuery,
  keysOf,
  makeKey,
} from "../../admin/routes/keys.ts";
import { createdKey, newKey, revokedKey } from "../../admin/schemas.ts";
import { needsElevation } from "../sensitive.ts";
import { isAdministrator } from "../signed-in.ts";
import { callerOf } from "./sessions.ts";

const tag = "API keys";

/** The account of whoever asks, or why there is none. */
function accountOf(call: Call): number | Problem {
  const signedIn = callerOf(call);
  if (!isAdministrator(signedIn)) return signedIn.person.account;
  return problem("forbidden", "Administrators have no account, and so no API keys.");
}

const listOwnKeys = defineRoute({
  verb: "GET",
  path: "/keys",
  operationId: "listOwnKeys",
  tag,
  summary: "List your API keys",
  description: "In the order in which they were made, without secrets.",
  query: keyPageQuery,
  success: { status: 200, description: "A page of keys.", schema: keyPage },
  problems: ["forbidden"],
  handle({ replica: { venue } }, call, { query }) {
    const account = accountOf(call);
    return typeof account === "number" ? keysOf(venue, account, query) : account;
  },
});

const createOwnKey = defineRoute({
  verb: "POST",
  path: "/keys",
  operationId: "createOwnKey",
  tag,
  summary: "Make an API key",
  description: "For HMAC the answer holds the secret, and nothing else ever will.",
  body: newKey,
  success: { status: 201, description: "The new key.", schema: createdKey },
  problems: ["forbidden", "second-factor-needed"],
  handle(context, call, { body }) {
    const account = needsElevation(context, call) ?? accountOf(call);
    return typeof account === "number" ? makeKey(context, call, account, body) : account;
  },
});

const revokeOwnKey = defineRoute({
  verb: "DELETE",
  path: "/keys/{name}",
  operationId: "revokeOwnKey",
  tag,
  summary: "Revoke one of your API keys",
  description: "It no longer works, on any node. Open orders stay open.",
  pathParameters: keyInPath,
  success: { status: 200, description: "The revoked key.", schema: revokedKey },
  problems: ["forbidden", "second-factor-needed", "not-found"],
  handle(context, call, { path: { name } }) {
    const account = needsElevation(context, call) ?? accountOf(call);
    if (typeof account !== "number") return account;
    const found = context.replica.venue.keys.get(name);
    // A repetition finds the key gone and hears of its success from the core.
    if (found !== undefined && found.account !== account) {
      return problem("not-found", "GET /people/v1/keys lists your keys.");
    }
    return endKey(context, call, name);
  },
});

export const ownKeyRoutes = [listOwnKeys, createOwnKey, revokeOwnKey];
