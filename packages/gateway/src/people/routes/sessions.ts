import { encodeSetSession, type Person, refusal, type SetSession } from "@halcyon/core";
import { z } from "zod";
import { change } from "../../admin/change.ts";
import { DerivedSecret } from "../../admin/derived-secret.ts";
import { type Problem, problem } from "../../admin/problem.ts";
import {
  type AdminAnswer,
  type AdminContext,
  type Call,
  defineRoute,
  ok,
  type SignedIn,
  type Success,
} from "../../admin/route.ts";
import { setCookie } from "../../auth/session-cookie.ts";
import { checkCode, checkPassword, refused, tooManyAttempts } from "../proof.ts";
import {
  elevatedMs,
  sessionAnswer,
  sessionBody,
  sessionMs,
  sessionSchema,
} from "../session-answer.ts";

const tag = "Sessions";
const sessionIdLength = 22;
const agentLengthMax = 200;

export const code = z.string().regex(/^[0-9]{6}$/, "must be the six digits that the app shows");
export const password = z.string().min(1).max(256);

const signIn = defineRoute({
  verb: "POST",
  path: "/sessions",
  operationId: "signIn",
  tag,
  summary: "Sign in",
  description: "The answer sets the cookie that later requests of the page are known by.",
  body: z.strictObject({ name: z.string().max(200), password, code: code.optional() }),
  success: { status: 201, description: "The session.", schema: sessionSchema },
  problems: ["sign-in-refused", "second-factor-required", "too-many-attempts"],
  async handle(context, call, { body }) {
    const { limits } = context.people;
    const name = body.name.trim().toLowerCase();
    const waitMs = limits.waitMs(name, call.address, context.now());
    if (waitMs > 0) return tooManyAttempts(waitMs);
    const fail = (): Problem => {
      limits.failed(name, call.address, context.now());
      context.logger.warn({ audit: true, address: call.address, person: name }, "sign-in refused");
      return refused();
    };
    const person = context.replica.venue.people.get(name);
    const isRight = await checkPassword(context, person, body.password);
    if (typeof isRight === "object") return isRight;
    if (!isRight || person === undefined) return fail();
    let factorStep = 0;
    if (person.secondFactor.length > 0) {
      if (body.code === undefined) {
        return problem("second-factor-required", "Send the code that your app shows, too.");
      }
      const step = checkCode(context, person, body.code);
      if (typeof step === "object") return step.name === "sign-in-refused" ? fail() : step;
      factorStep = step;
    }
    return open(context, call, person, factorStep);
  },
});

function open(
  context: AdminContext,
  call: Call,
  person: Person,
  factorStep: number,
): Promise<AdminAnswer> {
  const derived = new DerivedSecret(context.masterKey, [...call.requestId, person.name]);
  const agent = call.headers["user-agent"];
  return setSession(context, call, person, 201, {
    id: derived.alphanumeric("session id", sessionIdLength),
    expiresAtMs: context.replica.venue.logTimeMs + sessionMs,
    elevatedUntilMs: 0,
    factorStep,
    address: call.address,
    agent:
      typeof agent === "string" ? agent.replace(/[^\x20-\x7e]/g, "").slice(0, agentLengthMax) : "",
  });
}

/** Opens or raises a session, and answers with it and a new token. */
function setSession(
  context: AdminContext,
  call: Call,
  person: Person,
  status: Success["status"],
  asked: Omit<SetSession, "person" | "revision">,
): Promise<AdminAnswer> {
  return change(context, call, {
    lane: "normal",
    target: { person: person.name, session: asked.id },
    event: "sessionChanged",
    encode: (w, origin) =>
      encodeSetSession(w, origin, { ...asked, person: person.name, revision: person.revision }),
    matches: (event) => event.person === person.name && event.id === asked.id,
    success: (_event, position) => {
      const { people } = context.replica.venue;
      const session = people.session(asked.id);
      const present = people.get(person.name);
      // Ended by somebody between this command and its answer.
      if (session === undefined || present === undefined) {
        throw new Error(`session ${asked.id} ended as it was opened`);
      }
      return sessionAnswer(context, call, { person: present, session }, position, status);
    },
    refusals: {
      [refusal.codeUsed]: refused(),
      [refusal.personChanged]: refused(),
      [refusal.unknownPerson]: refused(),
    },
  });
}

const elevate = defineRoute({
  verb: "POST",
  path: "/session/second-factor",
  operationId: "elevate",
  tag,
  summary: "Prove once more who you are",
  description:
    "With a code where there is a second factor, else with the password. For ten minutes sensitive acts need no more.",
  body: z.strictObject({ password: password.optional(), code: code.optional() }),
  success: { status: 200, description: "The session.", schema: sessionSchema },
  problems: ["sign-in-refused", "second-factor-required", "too-many-attempts"],
  async handle(context, call, { body }) {
    const { person, session } = callerOf(call);
    const { limits } = context.people;
    const waitMs = limits.waitMs(person.name, call.address, context.now());
    if (waitMs > 0) return tooManyAttempts(waitMs);
    const factorStep = await prove(context, person, body);
    if (typeof factorStep === "object") {
      if (factorStep.name === "sign-in-refused") {
        limits.failed(person.name, call.address, context.now());
      }
      return factorStep;
    }
    const { id, expiresAtMs, address, agent } = session;
    const elevatedUntilMs = context.replica.venue.logTimeMs + elevatedMs;
    const asked = { id, expiresAtMs, elevatedUntilMs, factorStep, address, agent };
    return setSession(context, call, person, 200, asked);
  },
});

async function prove(
  context: AdminContext,
  person: Person,
  shown: { readonly password?: string | undefined; readonly code?: string | undefined },
): Promise<number | Problem> {
  if (person.secondFactor.length > 0) {
    if (shown.code === undefined) {
      return problem("second-factor-required", "Send the code that your app shows.");
    }
    return checkCode(context, person, shown.code);
  }
  const isRight = await checkPassword(context, person, shown.password ?? "");
  if (typeof isRight === "object") return isRight;
  return isRight ? 0 : refused();
}

const getSession = defineRoute({
  verb: "GET",
  path: "/session",
  operationId: "getSession",
  tag,
  summary: "Show who is signed in",
  description: "By the cookie of the request.",
  success: { status: 200, description: "The session.", schema: sessionSchema },
  handle: ({ replica }, call) => ok(sessionBody(callerOf(call), replica.venue.logTimeMs)),
});

const renew = defineRoute({
  verb: "POST",
  path: "/session/renewal",
  operationId: "renewSession",
  tag,
  summary: "Get a new token",
  description: "A token is good for a quarter of an hour, a session for twelve hours.",
  success: { status: 200, description: "The session.", schema: sessionSchema },
  handle: (context, call) => sessionAnswer(context, call, callerOf(call), context.replica.position),
});

const ended = z.strictObject({ ended: z.string() });

function end(context: AdminContext, call: Call, id: string, headers: Success["headers"] = {}) {
  const { person } = callerOf(call);
  return change(context, call, {
    lane: "high",
    target: { person: person.name, session: id },
    event: "sessionChanged",
    encode: (w, origin) =>
      encodeSetSession(w, origin, {
        person: person.name,
        revision: person.revision,
        id,
        expiresAtMs: 0,
        elevatedUntilMs: 0,
        factorStep: 0,
        address: "",
        agent: "",
      }),
    matches: (event) => event.id === id && event.expiresAtMs === 0,
    success: () => ({ ...ok({ ended: id }), headers }),
  });
}

const signOut = defineRoute({
  verb: "DELETE",
  path: "/session",
  operationId: "signOut",
  tag,
  summary: "Sign out",
  description: "The session ends on every node, and the cookie goes.",
  success: { status: 200, description: "The session that has ended.", schema: ended },
  handle: (context, call) =>
    end(context, call, callerOf(call).session.id, { "Set-Cookie": setCookie(call.headers, "", 0) }),
});

const listed = z.strictObject({
  id: z.string(),
  createdAtMs: z.int(),
  expiresAtMs: z.int(),
  address: z.string(),
  userAgent: z.string(),
  isCurrent: z.boolean(),
});

const listSessions = defineRoute({
  verb: "GET",
  path: "/sessions",
  operationId: "listSessions",
  tag,
  summary: "List your open sessions",
  description: "The latest first.",
  success: {
    status: 200,
    description: "The sessions.",
    schema: z.strictObject({ sessions: z.array(listed) }),
  },
  handle({ replica }, call) {
    const { person, session } = callerOf(call);
    const { logTimeMs } = replica.venue;
    const open = person.sessions.filter((s) => s.expiresAtMs > logTimeMs);
    return ok({
      sessions: open.toReversed().map((s) => ({
        id: s.id,
        createdAtMs: s.createdAtMs,
        expiresAtMs: s.expiresAtMs,
        address: s.address,
        userAgent: s.agent,
        isCurrent: s.id === session.id,
      })),
    });
  },
});

const endSession = defineRoute({
  verb: "DELETE",
  path: "/sessions/{id}",
  operationId: "endSession",
  tag,
  summary: "End one of your sessions",
  description: "On every node, and at once.",
  pathParameters: z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_-]{16,64}$/) }),
  success: { status: 200, description: "The session that has ended.", schema: ended },
  problems: ["not-found"],
  handle(context, call, { path: { id } }) {
    const found = context.replica.venue.people.session(id);
    // A repetition finds it gone and hears of its success from the core.
    if (found !== undefined && found.person !== callerOf(call).person.name) {
      return problem("not-found", "GET /people/v1/sessions lists your sessions.");
    }
    return end(context, call, id);
  },
});

/** Whoever asks: only routes that anybody may use have nobody. */
export function callerOf(call: Call): SignedIn {
  const { signedIn } = call.by;
  if (signedIn === null) throw new Error(`${call.route} was let through without a session`);
  return signedIn;
}

export const sessionRoutes = [
  signIn,
  elevate,
  getSession,
  renew,
  signOut,
  listSessions,
  endSession,
];
