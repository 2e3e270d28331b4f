import { z } from "zod";
import { invalidRequest, problem } from "../../admin/problem.ts";
import { defineRoute, ok } from "../../admin/route.ts";
import { refused } from "../proof.ts";
import { needsElevation } from "../sensitive.ts";
import { setPerson } from "../set-person.ts";
import { callerOf, code } from "./sessions.ts";

const tag = "Second factor";
const state = z.strictObject({ hasSecondFactor: z.boolean() });

const prepare = defineRoute({
  verb: "POST",
  path: "/totp",
  operationId: "prepareSecondFactor",
  tag,
  summary: "Get a secret for an app that makes one-time codes",
  description:
    "Nothing is changed yet: send `setup` back with a code of the app, so that nobody is locked out by an app that did not take it.",
  success: {
    status: 200,
    description: "The secret, and what to send back with it.",
    schema: z.strictObject({ secret: z.string(), uri: z.string(), setup: z.string() }),
  },
  problems: ["second-factor-needed"],
  handle(context, call) {
    const blocked = needsElevation(context, call);
    if (blocked !== null) return blocked;
    const made = context.people.codes.make(callerOf(call).person.name);
    const { secret, uri } = made;
    return ok({ secret, uri, setup: made.sealed.toString("base64url") });
  },
});

const activate = defineRoute({
  verb: "PUT",
  path: "/totp",
  operationId: "setSecondFactor",
  tag,
  summary: "Take the app's codes as second factor",
  description: "From now on signing in needs one. Your other sessions end.",
  body: z.strictObject({ setup: z.string().regex(/^[A-Za-z0-9_-]{1,400}$/), code }),
  success: { status: 200, description: "It is set.", schema: state },
  problems: ["second-factor-needed", "sign-in-refused", "conflict"],
  handle(context, call, { body }) {
    const blocked = needsElevation(context, call);
    if (blocked !== null) return blocked;
    const { person } = callerOf(call);
    const { codes } = context.people;
    const secondFactor = Buffer.from(body.setup, "base64url");
    if (!codes.isSealed(person.name, secondFactor)) {
      return invalidRequest([{ pointer: "#/setup", detail: "is not what POST /totp answered" }]);
    }
    if (codes.stepOf(person.name, secondFactor, body.code, context.now()) === null) {
      return refused();
    }
    return setPerson(context, call, person, { secondFactor }, "second factor", () =>
      ok({ hasSecondFactor: true }),
    );
  },
});

const remove = defineRoute({
  verb: "DELETE",
  path: "/totp",
  operationId: "removeSecondFactor",
  tag,
  summary: "Sign in without a second factor again",
  description: "Your other sessions end.",
  success: { status: 200, description: "It is gone.", schema: state },
  problems: ["second-factor-needed", "conflict"],
  handle(context, call) {
    const blocked = needsElevation(context, call);
    if (blocked !== null) return blocked;
    const { person } = callerOf(call);
    if (person.secondFactor.length === 0) {
      return problem("conflict", "There is no second factor to remove.");
    }
    const secondFactor = new Uint8Array(0);
    return setPerson(context, call, person, { secondFactor }, "no second factor", () =>
      ok({ hasSecondFactor: false }),
    );
  },
});

export const secondFactorRoutes = [prepare, activate, remove];
