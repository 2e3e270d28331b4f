import assert from "node:assert/strict";
import { test } from "node:test";
import { refusal } from "@halcyon/core";
import { adminDocument } from "../src/admin/admin-surface.ts";
import { problemOfRefusal } from "../src/admin/refusal-problems.ts";
import { routes } from "../src/admin/routes.ts";
import { AdminVenue, send } from "./admin-venue.ts";

type Json = {
  readonly $ref?: string;
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly type?: string;
  readonly additionalProperties?: boolean;
  readonly examples?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Json>>;
  readonly oneOf?: readonly Json[];
  readonly anyOf?: readonly Json[];
  readonly parameters?: readonly { name: string; in: string; required: boolean }[];
  readonly responses?: Readonly<Record<string, { description: string; content: Json }>>;
  readonly [key: string]: unknown;
};
type Document = {
  readonly paths: Readonly<Record<string, Json>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
};
const document = adminDocument("1.2.3") as Document;

/** Every object within a value, with the path to it. */
function* objects(value: unknown, path = "#"): Generator<[string, Json]> {
  if (typeof value !== "object" || value === null) return;
  yield [path, value as Json];
  for (const [key, member] of Object.entries(value)) yield* objects(member, `${path}/${key}`);
}

function at(pointer: string): unknown {
  const tokens = pointer.slice(2).split("/");
  return tokens.reduce<unknown>(
    (value, token) => (value as Json | undefined)?.[token.replace(/~1/g, "/").replace(/~0/g, "~")],
    document,
  );
}

test("the document is served without a token, as OpenAPI 3.1", async () => {
  const admin = new AdminVenue();
  const headers = { authorization: "" };
  const served = await send(admin.api, "GET /openapi.json", undefined, { headers });
  assert.equal(served.status, 200);
  assert.equal(served.headers["Content-Type"], "application/json");
  assert.match(served.body.openapi, /^3\.1\.\d+$/);
  assert.equal(served.body.info.version, "0.1.0");
  assert.deepEqual(served.body.security, [{ administrator: [] }]);
  assert.equal(served.body.components.securitySchemes.administrator.scheme, "bearer");
});

test("every route is described, under a name of its own", () => {
  const names = new Set<string>();
  for (const route of routes) {
    const operation = at(
      `#/paths/${route.path.replace(/\//g, "~1")}/${route.verb.toLowerCase()}`,
    ) as Json | undefined;
    assert.ok(operation, `${route.verb} ${route.path}`);
    assert.equal(operation.operationId, route.operationId);
    assert.ok(operation.summary && operation.description);
    names.add(route.operationId);
    const responses = operation.responses ?? {};
    assert.ok(responses[String(route.success.status)]);
    for (const status of ["401", "429"]) assert.ok(responses[status], route.path);
    for (const [status, response] of Object.entries(responses)) {
      const { description, content } = response;
      assert.ok(description.length > 0);
      const type = Number(status) < 400 ? "application/json" : "application/problem+json";
      assert.deepEqual(Object.keys(content), [type]);
    }
    const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const parameters = operation.parameters ?? [];
    assert.deepEqual(
      parameters.filter((p) => p.in === "path").map((p) => p.name),
      inPath,
    );
    assert.ok(parameters.every((p) => p.in !== "path" || p.required));
    assert.equal("requestBody" in operation, route.body !== null);
  }
  assert.equal(names.size, routes.length);
  const described = Object.values(document.paths).flatMap((p) => Object.keys(p));
  assert.equal(described.length, routes.length);
});

test("every reference leads somewhere, and no schema is without a description", () => {
  let references = 0;
  for (const [path, value] of objects(document)) {
    if (typeof value.$ref !== "string") continue;
    references++;
    assert.ok(at(value.$ref), `${path}: ${value.$ref}`);
    assert.match(value.$ref, /^#\/components\/schemas\/[A-Z][A-Za-z0-9]+$/);
  }
  assert.ok(references > 50);
  const { schemas } = document.components;
  for (const [name, schema] of Object.entries(schemas)) {
    assert.ok(schema.description, name);
  }
});

test("objects in requests are closed and amounts are strings", () => {
  const { schemas } = document.components;
  for (const route of routes.filter(({ body }) => body !== null)) {
    const { id = "" } = route.body!.meta() ?? {};
    const schema = schemas[id]!;
    const parts = schema.oneOf ?? schema.anyOf ?? [schema];
    for (const part of parts) {
      const closed = (typeof part.$ref === "string" ? at(part.$ref) : part) as Json;
      assert.equal(closed.additionalProperties, false, id);
    }
  }
  const { NewMarket: market } = schemas;
  const { tickSize } = market!.properties ?? {};
  assert.equal(tickSize?.type, "string");
  assert.ok(tickSize?.examples);
  assert.equal(market!.required?.includes("maxOpenOrders"), false);
});

test("every refusal of the core is a problem with a status, a title and a remedy", () => {
  const types = new Set<string>();
  for (const code of Object.values(refusal)) {
    const problem = problemOfRefusal(code);
    assert.ok(problem.status >= 400 && problem.status < 500);
    assert.ok(problem.title.length > 0 && problem.detail.length > 20);
    types.add(problem.name);
  }
  assert.equal(types.size, Object.keys(refusal).length);
});
