import { encodeCreateKey, encodeRevokeKey, type Key, refusal, type Venue } from "@halcyon/core";
import { z } from "zod";
import { change } from "../change.ts";
import { DerivedSecret } from "../derived-secret.ts";
import {
  canonicalAddresses,
  isApiKey,
  keyBody,
  type NewKey,
  permissionsOf,
  publicKeyDer,
} from "../key-request.ts";
import { noAccount, noKey } from "../lookup.ts";
import { page, pageQuery } from "../page.ts";
import { invalidRequest } from "../problem.ts";
import {
  type AdminAnswer,
  type AdminContext,
  type Call,
  created,
  defineRoute,
  ok,
} from "../route.ts";
import { createdKey, key, keyKindNames, keyName, newKey, revokedKey } from "../schemas.ts";
import { accountInPath } from "./accounts.ts";

export const keyInPath = z.strictObject({ name: keyName });
/** As long as the keys and secrets that clients of the dialect know. */
const keyTextLength = 64;

export const keyPageQuery = z.strictObject(pageQuery(keyName));
export const keyPage = z
  .strictObject({ keys: z.array(key), next: z.nullable(keyName) })
  .meta({ id: "KeyPage", description: "Keys, and `after` of the next page." });

const listKeys = defineRoute({
  verb: "GET",
  path: "/accounts/{id}/keys",
  operationId: "listKeys",
  tag: "Keys",
  summary: "List an account's keys",
  description: "In the order in which they were made, without secrets.",
  pathParameters: accountInPath,
  query: keyPageQuery,
  success: { status: 200, description: "A page of keys.", schema: keyPage },
  problems: ["not-found"],
  handle({ replica: { venue } }, _call, { path: { id }, query }) {
    return venue.accounts.exists(id) ? keysOf(venue, id, query) : noAccount(id);
  },
});

/** A page of an account's keys. */
export function keysOf(
  { keys }: Venue,
  account: number,
  query: { readonly limit: number; readonly after?: string | undefined },
): AdminAnswer {
  const all = keys.ofAccount(account).filter(isApiKey);
  const start = query.after === undefined ? 0 : all.findIndex((k) => k.name === query.after) + 1;
  const { items, next } = page(all.slice(start), query.limit, ({ name }) => name);
  return ok({
    keys: items.map((k) => ({ ...keyBody(k), createdAt: new Date(k.createdAtMs).toISOString() })),
    next,
  });
}

/** The new key without its material, and the secret to show when the venue makes one. */
function newKeyOf(context: AdminContext, call: Call, account: number, body: NewKey) {
  const allowedAddresses = canonicalAddresses(body.allowedAddresses);
  const permissions = permissionsOf(body.permissions);
  const publicKey = body.kind === "hmac-sha256" ? "" : body.publicKey;
  const derived = new DerivedSecret(context.masterKey, [
    ...call.requestId,
    account,
    body.kind,
    permissions,
    body.label,
    allowedAddresses,
    publicKey,
  ]);
  return {
    name: derived.alphanumeric("key name", keyTextLength),
    account,
    kind: keyKindNames[body.kind],
    permissions,
    label: body.label,
    allowedAddresses,
    secret: body.kind === "hmac-sha256" ? derived.alphanumeric("key secret", keyTextLength) : null,
  } satisfies Omit<Key, "material" | "createdAtMs"> & { secret: string | null };
}

const createKey = defineRoute({
  verb: "POST",
  path: "/accounts/{id}/keys",
  operationId: "createKey",
  tag: "Keys",
  summary: "Create a key",
  description:
    "For HMAC the answer holds the secret, and nothing else ever will: repeated with the same Idempotency-Key it is the same answer, for as long as the venue remembers the request; later the repetition is refused.",
  pathParameters: accountInPath,
  body: newKey,
  success: { status: 201, description: "The new key.", schema: createdKey },
  refusals: [refusal.unknownAccount, refusal.keyExists, refusal.tooManyKeys],
  handle: (context, call, { path: { id }, body }) => makeKey(context, call, id, body),
});

/** Makes an account's key, and answers with its secret where the venue made that. */
export function makeKey(
  context: AdminContext,
  call: Call,
  account: number,
  body: NewKey,
): AdminAnswer | Promise<AdminAnswer> {
  const { secret, ...asked } = newKeyOf(context, call, account, body);
  const der = body.kind === "hmac-sha256" ? null : publicKeyDer(body.kind, body.publicKey);
  if (der !== null && "pointer" in der) return invalidRequest([der]);
  const material =
    secret !== null ? context.seal.seal(asked.name, Buffer.from(secret)) : (der as Buffer);
  return change(context, call, {
    lane: "normal",
    target: { account, key: asked.name, kind: body.kind, permissions: asked.permissions },
    event: "keyCreated",
    encode: (w, origin) => encodeCreateKey(w, origin, { ...asked, material }),
    matches: (event) => event.account === account && event.name === asked.name,
    success: () => created({ ...keyBody(asked), ...(secret === null ? {} : { secret }) }),
  });
}

const revokeKey = defineRoute({
  verb: "DELETE",
  path: "/keys/{name}",
  operationId: "revokeKey",
  tag: "Keys",
  summary: "Revoke a key",
  description: "It no longer works, on any node. Open orders stay open.",
  pathParameters: keyInPath,
  success: { status: 200, description: "The revoked key.", schema: revokedKey },
  problems: ["not-found"],
  handle(context, call, { path: { name } }) {
    const found = context.replica.venue.keys.get(name);
    // A repetition finds the key gone and must still hear of its success from the core.
    return found !== undefined && !isApiKey(found) ? noKey(name) : endKey(context, call, name);
  },
});

export function endKey(context: AdminContext, call: Call, name: string): Promise<AdminAnswer> {
  return change(context, call, {
    lane: "high",
    target: { key: name },
    event: "keyRevoked",
    encode: (w, origin) => encodeRevokeKey(w, origin, { name }),
    matches: (event) => event.name === name,
    success: (event) => ok({ name: event.name, account: event.account }),
  });
}

export const keyRoutes = [listKeys, createKey, revokeKey];
