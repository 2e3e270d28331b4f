import { z } from "zod";
import { problemContentType, type RequestProblemName, requestProblem } from "./problem.ts";
import { refusalProblems, refusalTypeName } from "./refusal-problems.ts";
import type { Route } from "./route.ts";
import { problemSchema } from "./schemas.ts";

type Json = Record<string, unknown>;

export const idempotencyKeyHeader = "idempotency-key";

/** What any route that asks for a token, changes something or has a body can answer besides its own. */
const commonProblems: readonly RequestProblemName[] = ["unauthorized", "too-many-attempts"];
const inputProblems: readonly RequestProblemName[] = ["invalid-request"];
const bodyProblems: readonly RequestProblemName[] = [
  "malformed-json",
  "body-too-large",
  "unsupported-media-type",
];
const changeProblems: readonly RequestProblemName[] = [
  "idempotency-key-reused",
  "overloaded",
  "outcome-unknown",
];

/** What a document describes. */
export type About = {
  readonly version: string;
  /** Where it is mounted. */
  readonly path: string;
  readonly title: string;
  readonly description: string;
  readonly securityScheme: { readonly name: string; readonly scheme: Json };
  readonly routes: readonly Route[];
};

/** The OpenAPI 3.1 document, made of the very schemas that validate. */
export function openApiDocument(about: About): Json {
  const { version, path, title, description, securityScheme, routes } = about;
  const schemas: Record<string, Json> = {};
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    paths[route.path] ??= {};
    paths[route.path]![route.verb.toLowerCase()] = operation(route, schemas);
  }
  schemaOf(problemSchema, "output", schemas);
  return {
    openapi: "3.1.1",
    jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
    info: {
      title,
      version,
      description,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: path }],
    security: [{ [securityScheme.name]: [] }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { [securityScheme.name]: securityScheme.scheme },
      schemas,
    },
  };
}

function operation(route: Route, schemas: Record<string, Json>): Json {
  const { operationId, tag, summary, description, success, body } = route;
  return {
    operationId,
    tags: [tag],
    summary,
    description,
    parameters: parametersOf(route, schemas),
    ...(body === null
      ? {}
      : {
          requestBody: {
            required: true,
            content: { "application/json": { schema: schemaOf(body, "input", schemas) } },
          },
        }),
    responses: {
      [success.status]: {
        description: success.description,
        ...(success.status === 201 ? { headers: locationHeader } : {}),
        content: { "application/json": { schema: schemaOf(success.schema, "output", schemas) } },
      },
      ...problemResponses(route),
    },
  };
}

const locationHeader = {
  Location: {
    description: "Address of what was made, where it has one.",
    schema: { type: "string" },
  },
};

function parametersOf(route: Route, schemas: Record<string, Json>): Json[] {
  const parameters: Json[] = [];
  for (const [place, shape] of [
    ["path", route.pathParameters],
    ["query", route.query],
  ] as const) {
    for (const [name, field] of Object.entries(shape?.shape ?? {})) {
      const required = !(field as z.ZodType).safeParse(undefined).success;
      // Text that validation turns into a number is described as that number.
      const schema = schemaOf(field as z.ZodType, "output", schemas);
      parameters.push({ name, in: place, required, schema });
    }
  }
  if (route.verb !== "GET") {
    parameters.push({
      name: "Idempotency-Key",
      in: "header",
      required: false,
      description:
        "Any 1 to 64 visible characters, new for each new request. Repeated with the same key, the request is done once and answered alike by any node, for as long as the venue remembers it.",
      schema: { type: "string", pattern: "^[\\x21-\\x7e]{1,64}$" },
    });
  }
  return parameters;
}

function problemResponses(route: Route): Json {
  const names = [
    ...commonProblems,
    ...(route.pathParameters || route.query || route.body ? inputProblems : []),
    ...(route.body ? bodyProblems : []),
    ...(route.verb === "GET" ? [] : changeProblems),
    ...(route.problems ?? []),
  ];
  const byStatus = new Map<number, string[]>();
  const add = (status: number, type: string, title: string) => {
    byStatus.set(status, [...(byStatus.get(status) ?? []), `${title} (\`${type}\`)`]);
  };
  for (const name of names) add(requestProblem[name].status, name, requestProblem[name].title);
  for (const code of route.refusals ?? []) {
    const { status, title } = refusalProblems[code];
    add(status, refusalTypeName(code), title);
  }
  const responses: Json = {};
  for (const [status, texts] of [...byStatus].sort(([a], [b]) => a - b)) {
    responses[status] = {
      description: `${texts.join("; ")}.`,
      content: {
        [problemContentType]: { schema: { $ref: "#/components/schemas/Problem" } },
      },
    };
  }
  return responses;
}

/** A reference to the schema or, where it has no id, the schema; all that have ids go to the components. */
function schemaOf(schema: z.ZodType, io: "input" | "output", schemas: Record<string, Json>): Json {
  const { $defs, $schema: _, ...root } = z.toJSONSchema(schema, { io });
  for (const [id, definition] of Object.entries($defs ?? {})) {
    schemas[id] = toComponentReferences(definition);
  }
  return toComponentReferences(root);
}

function toComponentReferences(value: object): Json {
  return JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/'));
}
