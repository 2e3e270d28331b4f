import { encodeSetPerson, type Person, personRole, refusal, type Venue } from "@halcyon/core";
import { z } from "zod";
import { hashed } from "../../people/proof.ts";
import { newPassword } from "../../people/sensitive.ts";
import { setPerson } from "../../people/set-person.ts";
import { change } from "../change.ts";
import { DerivedSecret } from "../derived-secret.ts";
import { noAccount } from "../lookup.ts";
import { page, pageQuery } from "../page.ts";
import { type Problem, problem } from "../problem.ts";
import { type AdminContext, type Call, created, defineRoute, ok } from "../route.ts";
import { accountId, example, timeText } from "../schemas.ts";

const tag = "People";
/** About 119 bits. */
const madePasswordLength = 20;

const personName = example(
  z.string().regex(/^[a-z0-9._@-]{1,64}$/, "must be 1 to 64 of a-z, 0-9 and . _ - @"),
  "Name of a person, by which it signs in.",
  "alice",
);
const role = z.enum(["trader", "administrator"]);
const nameInPath = z.strictObject({ name: personName });
const personFields = {
  name: personName,
  role,
  account: example(z.nullable(accountId), "A trader's; null for administrators.", 2),
};
const person = z
  .strictObject({
    ...personFields,
    hasSecondFactor: z.boolean(),
    openSessions: example(z.int(), "Where the person is signed in now.", 1),
    createdAt: timeText,
  })
  .meta({ id: "Person", description: "Somebody who can sign in." });
const newPerson = z
  .strictObject({
    name: personName,
    role,
    account: accountId.optional(),
    password: newPassword.optional(),
  })
  .meta({ id: "NewPerson", description: "A person to create; traders need an account." });
const withPassword = z
  .strictObject({
    ...personFields,
    password: z
      .optional(z.string())
      .meta({ description: "The password that the venue made: in this answer only." }),
  })
  .meta({ id: "CreatedPerson", description: "A person, with the password if the venue made it." });
const changedPerson = z
  .strictObject(personFields)
  .meta({ id: "ChangedPerson", description: "A person that was changed. All its sessions ended." });

function fieldsOf({ name, role: number, account }: Pick<Person, "name" | "role" | "account">) {
  const isTrader = number === personRole.trader;
  return {
    name,
    role: isTrader ? ("trader" as const) : ("administrator" as const),
    account: isTrader ? account : null,
  };
}

function noPerson(name: string): Problem {
  return problem("not-found", `Nobody is named ${name}. GET /admin/v1/people lists everybody.`);
}

function personBody(found: Person, { logTimeMs }: Venue): z.output<typeof person> {
  return {
    ...fieldsOf(found),
    hasSecondFactor: found.secondFactor.length > 0,
    openSessions: found.sessions.filter((s) => s.expiresAtMs > logTimeMs).length,
    createdAt: new Date(found.createdAtMs).toISOString(),
  };
}

const listPeople = defineRoute({
  verb: "GET",
  path: "/people",
  operationId: "listPeople",
  tag,
  summary: "List the people who can sign in",
  description: "In the order in which they were made.",
  query: z.strictObject(pageQuery(personName)),
  success: {
    status: 200,
    description: "A page of people.",
    schema: z
      .strictObject({ people: z.array(person), next: z.nullable(personName) })
      .meta({ id: "PersonPage", description: "People, and `after` of the next page." }),
  },
  handle({ replica: { venue } }, _call, { query }) {
    const all = venue.people.all();
    const start = query.after === undefined ? 0 : all.findIndex((p) => p.name === query.after) + 1;
    const { items, next } = page(all.slice(start), query.limit, ({ name }) => name);
    return ok({ people: items.map((found) => personBody(found, venue)), next });
  },
});

/** The password that was asked for, or one that the venue makes for this request. */
function passwordFor(context: AdminContext, call: Call, name: string, asked: string | undefined) {
  if (asked !== undefined) return { password: asked, shown: {} };
  const derived = new DerivedSecret(context.masterKey, [...call.requestId, name]);
  const password = derived.alphanumeric("person's password", madePasswordLength);
  return { password, shown: { password } };
}

const createPerson = defineRoute({
  verb: "POST",
  path: "/people",
  operationId: "createPerson",
  tag,
  summary: "Create a person",
  description:
    "Without a password the venue makes one, and the answer holds it: nothing else ever will.",
  body: newPerson,
  success: { status: 201, description: "The new person.", schema: withPassword },
  refusals: [refusal.unknownAccount, refusal.tooManyPeople, refusal.notInTheseRules],
  problems: ["conflict", "not-found"],
  async handle(context, call, { body }) {
    const { name } = body;
    const isTrader = body.role === "trader";
    const account = isTrader ? (body.account ?? -1) : 0;
    if (isTrader && !context.replica.venue.accounts.exists(account)) return noAccount(account);
    const { password, shown } = passwordFor(context, call, name, body.password);
    const kept = await hashed(context, password);
    if ("kind" in kept) return kept;
    const asked = { name, role: personRole[body.role], account };
    return change(context, call, {
      lane: "normal",
      target: { person: name, role: body.role, account },
      event: "personChanged",
      encode: (w, origin) =>
        encodeSetPerson(w, origin, {
          ...asked,
          revision: 0,
          password: kept,
          secondFactor: new Uint8Array(0),
          keepSession: "",
        }),
      matches: (event) => event.name === name && event.revision === 1 && event.account === account,
      success: () => created({ ...fieldsOf(asked), ...shown }),
      refusals: {
        [refusal.personChanged]: problem("conflict", `Somebody is named ${name} already.`),
      },
    });
  },
});

const resetPassword = defineRoute({
  verb: "PUT",
  path: "/people/{name}/password",
  operationId: "resetPassword",
  tag,
  summary: "Give a person a new password",
  description: "Without one the venue makes it. All the person's sessions end.",
  pathParameters: nameInPath,
  body: z
    .strictObject({ password: newPassword.optional() })
    .meta({ id: "NewPassword", description: "A password; without one, one is made." }),
  success: { status: 200, description: "The person.", schema: withPassword },
  problems: ["not-found", "conflict"],
  async handle(context, call, { path: { name }, body }) {
    const found = context.replica.venue.people.get(name);
    if (found === undefined) return noPerson(name);
    const { password, shown } = passwordFor(context, call, name, body.password);
    const kept = await hashed(context, password);
    if ("kind" in kept) return kept;
    return setPerson(context, call, found, { password: kept }, "password", () =>
      ok({ ...fieldsOf(found), ...shown }),
    );
  },
});

const resetSecondFactor = defineRoute({
  verb: "DELETE",
  path: "/people/{name}/totp",
  operationId: "resetSecondFactor",
  tag,
  summary: "Take a person's second factor away",
  description: "For who has lost it. All the person's sessions end.",
  pathParameters: nameInPath,
  success: { status: 200, description: "The person.", schema: changedPerson },
  problems: ["not-found", "conflict"],
  handle(context, call, { path: { name } }) {
    const found = context.replica.venue.people.get(name);
    if (found === undefined) return noPerson(name);
    const secondFactor = new Uint8Array(0);
    return setPerson(context, call, found, { secondFactor }, "no second factor", () =>
      ok(fieldsOf(found)),
    );
  },
});

const endSessions = defineRoute({
  verb: "DELETE",
  path: "/people/{name}/sessions",
  operationId: "endSessions",
  tag,
  summary: "Sign a person out everywhere",
  description: "On every node, and at once.",
  pathParameters: nameInPath,
  success: { status: 200, description: "The person.", schema: changedPerson },
  problems: ["not-found", "conflict"],
  handle(context, call, { path: { name } }) {
    const found = context.replica.venue.people.get(name);
    if (found === undefined) return noPerson(name);
    return setPerson(context, call, found, {}, "sessions ended", () => ok(fieldsOf(found)));
  },
});

const removePerson = defineRoute({
  verb: "DELETE",
  path: "/people/{name}",
  operationId: "removePerson",
  tag,
  summary: "Remove a person",
  description: "It can no longer sign in. A trader's account and its keys stay.",
  pathParameters: nameInPath,
  success: { status: 200, description: "The person.", schema: changedPerson },
  problems: ["not-found", "conflict"],
  handle(context, call, { path: { name } }) {
    const found = context.replica.venue.people.get(name);
    if (found === undefined) return noPerson(name);
    if (call.by.signedIn?.person.name === name) {
      return problem("conflict", "Nobody removes themselves: let another administrator do it.");
    }
    return change(context, call, {
      lane: "high",
      target: { person: name },
      event: "personChanged",
      encode: (w, origin) => encodeSetPerson(w, origin, { ...found, role: -1, keepSession: "" }),
      matches: (event) => event.name === name && event.role === -1,
      success: () => ok(fieldsOf(found)),
      refusals: {
        [refusal.personChanged]: problem("conflict", `${name} was changed at the same time.`),
      },
    });
  },
});

export const peopleRoutes = [
  listPeople,
  createPerson,
  resetPassword,
  resetSecondFactor,
  endSessions,
  removePerson,
];
