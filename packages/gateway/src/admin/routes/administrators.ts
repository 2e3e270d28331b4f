import { encodeCreateKey, encodeRevokeKey, externalAccount, keyKind, refusal } from "@halcyon/core";
import { z } from "zod";
import { change } from "../change.ts";
import { administratorKeyOf, administratorTokenOf } from "../credentials.ts";
import { DerivedSecret } from "../derived-secret.ts";
import { noKey } from "../lookup.ts";
import { page, pageQuery } from "../page.ts";
import { problem } from "../problem.ts";
import { created, defineRoute, ok } from "../route.ts";
import {
  administrator,
  createdAdministrator,
  keyName,
  newAdministrator,
  revokedAdministrator,
} from "../schemas.ts";

const listAdministrators = defineRoute({
  verb: "GET",
  path: "/administrators",
  operationId: "listAdministrators",
  tag: "Administrators",
  summary: "List the administrators",
  description: "In the order in which they were made, without tokens.",
  query: z.strictObject(pageQuery(keyName)),
  success: {
    status: 200,
    description: "A page of administrators.",
    schema: z
      .strictObject({ administrators: z.array(administrator), next: z.nullable(keyName) })
      .meta({
        id: "AdministratorPage",
        description: "Administrators, and `after` of the next page.",
      }),
  },
  handle({ replica: { venue } }, _call, { query }) {
    const all = venue.keys
      .ofAccount(externalAccount)
      .filter(({ kind }) => kind === keyKind.administrator);
    const start = query.after === undefined ? 0 : all.findIndex((k) => k.name === query.after) + 1;
    const { items, next } = page(all.slice(start), query.limit, ({ name }) => name);
    return ok({
      administrators: items.map(({ name, label, createdAtMs }) => ({
        name,
        label,
        createdAt: new Date(createdAtMs).toISOString(),
      })),
      next,
    });
  },
});

const createAdministrator = defineRoute({
  verb: "POST",
  path: "/administrators",
  operationId: "createAdministrator",
  tag: "Administrators",
  summary: "Create an administrator",
  description:
    "The answer holds the token, and nothing else ever will. Give every person and every program its own, so that the audit trail tells them apart.",
  body: newAdministrator,
  success: { status: 201, description: "The new administrator.", schema: createdAdministrator },
  refusals: [refusal.keyExists, refusal.tooManyKeys],
  handle(context, call, { body }) {
    const derived = new DerivedSecret(context.masterKey, [...call.requestId, body.label]);
    const token = administratorTokenOf(derived.bytes("administrator token"));
    const { name, material } = administratorKeyOf(token);
    return change(context, call, {
      lane: "normal",
      target: { key: name, label: body.label },
      event: "keyCreated",
      encode: (w, origin) =>
        encodeCreateKey(w, origin, {
          // Keys need an account, and administrators act for none of the customers'.
          account: externalAccount,
          kind: keyKind.administrator,
          permissions: 0,
          name,
          label: body.label,
          material,
          allowedAddresses: "",
        }),
      matches: (event) => event.kind === keyKind.administrator && event.name === name,
      success: () => created({ name, label: body.label, token }),
    });
  },
});

const revokeAdministrator = defineRoute({
  verb: "DELETE",
  path: "/administrators/{name}",
  operationId: "revokeAdministrator",
  tag: "Administrators",
  summary: "Revoke an administrator",
  description: "Nobody can revoke themselves, so that one administrator is always left.",
  pathParameters: z.strictObject({ name: keyName }),
  success: { status: 200, description: "The revoked one.", schema: revokedAdministrator },
  problems: ["not-found", "conflict"],
  handle(context, call, { path: { name } }) {
    if (name === call.by.name) {
      return problem(
        "conflict",
        "This is the administrator whose token you use. Create another, and revoke this one with that one's token.",
      );
    }
    const found = context.replica.venue.keys.get(name);
    if (found !== undefined && found.kind !== keyKind.administrator) return noKey(name);
    return change(context, call, {
      lane: "high",
      target: { key: name },
      event: "keyRevoked",
      encode: (w, origin) => encodeRevokeKey(w, origin, { name }),
      matches: (event) => event.name === name,
      success: (event) => ok({ name: event.name }),
    });
  },
});

export const administratorRoutes = [listAdministrators, createAdministrator, revokeAdministrator];
