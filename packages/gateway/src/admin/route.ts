import type { Person, Refusal, RequestId, Session } from "@halcyon/core";
import type { Replica } from "@halcyon/replica";
import { z } from "zod";
import type { NodeControl, Peer } from "../nodes/node-control.ts";
import type { Traffic } from "../nodes/traffic-meter.ts";
import type { PeopleTools } from "../people/people-tools.ts";
import type { Views } from "../views/views.ts";
import type { AuditEntry, AuditTrail } from "./audit-trail.ts";
import { fieldErrors } from "./field-errors.ts";
import {
  type FieldError,
  invalidRequest,
  type Problem,
  type RequestProblemName,
} from "./problem.ts";

export type AdminVerb = "GET" | "POST" | "PUT" | "DELETE";

/** Where the audit trail and defects are told; a pino logger is one. */
export type AdminLogger = {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};

/** What routes may use. */
export type AdminContext = {
  readonly replica: Replica;
  readonly region: string;
  readonly version: string;
  /** 32 bytes that all nodes share and the log never sees: secrets are derived from it. */
  readonly masterKey: Uint8Array;
  /** Seals a key's secret for the log. */
  readonly seal: { seal(keyName: string, secret: Uint8Array): Uint8Array };
  readonly views: {
    readonly transfers: Pick<Views["transfers"], "ofAccount">;
    readonly balances: Pick<Views["balances"], "of">;
  };
  readonly logger: AdminLogger;
  /** Milliseconds since 1970, by this node's clock. */
  readonly now: () => number;
  readonly people: PeopleTools;
  readonly audit: AuditTrail;
  /** Writes the audit trail's line, and keeps it for `audit`. */
  readonly trail: (
    call: Call,
    target: AuditEntry["target"],
    outcome: string,
    status: number,
    position: number | null,
  ) => void;
  readonly node: {
    readonly control: NodeControl;
    readonly traffic: () => Traffic;
    /** All nodes, this one too. */
    readonly peers: readonly Peer[];
  };
};

/** Who asks. */
export type Caller = {
  /** For the audit trail, and to tell Idempotency-Keys apart; empty: nobody proved to be anybody. */
  readonly name: string;
  /** Who signed in, where it was with a session. */
  readonly signedIn: SignedIn | null;
};
export type SignedIn = { readonly person: Person; readonly session: Session };

/** Who asks, and how. */
export type Call = {
  readonly by: Caller;
  readonly address: string;
  /** Of the edge, or made of the client's Idempotency-Key: what the core knows the command by. */
  readonly requestId: RequestId;
  readonly retry: boolean;
  /** The request's own id as text, for the log and for problems. */
  readonly instance: string;
  readonly route: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
};

export type Success = {
  readonly kind: "success";
  readonly status: 200 | 201;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};
export type AdminAnswer = Success | Problem;

type Shape = z.ZodObject;

/** A route as its file writes it down; `defineRoute` makes the parsing part of it. */
type RouteDefinition<Path extends Shape, Query extends Shape, Body extends z.ZodType> = {
  readonly verb: AdminVerb;
  /** Below /admin/v1, parameters in braces. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  readonly pathParameters?: Path;
  readonly query?: Query;
  readonly body?: Body;
  /** Where a body may be larger than elsewhere. */
  readonly bodyBytesMax?: number;
  readonly success: {
    readonly status: 200 | 201;
    readonly description: string;
    readonly schema: z.ZodType;
  };
  readonly refusals?: readonly Refusal[];
  readonly problems?: readonly RequestProblemName[];
  handle(
    context: AdminContext,
    call: Call,
    input: {
      readonly path: z.output<Path>;
      readonly query: z.output<Query>;
      readonly body: z.output<Body>;
    },
  ): AdminAnswer | Promise<AdminAnswer>;
};

export type RawInput = {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
};

export type Route = Omit<
  RouteDefinition<Shape, Shape, z.ZodType>,
  "handle" | "pathParameters" | "query" | "body"
> & {
  readonly pathParameters: Shape | null;
  readonly query: Shape | null;
  readonly body: z.ZodType | null;
  answer(context: AdminContext, call: Call, raw: RawInput): Promise<AdminAnswer>;
};

const nothing = z.strictObject({});

export function defineRoute<
  Path extends Shape = typeof nothing,
  Query extends Shape = typeof nothing,
  Body extends z.ZodType = z.ZodUndefined,
>(definition: RouteDefinition<Path, Query, Body>): Route {
  const pathSchema = definition.pathParameters ?? nothing;
  const querySchema = definition.query ?? nothing;
  const bodySchema = definition.body ?? z.undefined();
  return {
    ...definition,
    pathParameters: definition.pathParameters ?? null,
    query: definition.query ?? null,
    body: definition.body ?? null,
    async answer(context, call, raw) {
      const path = pathSchema.safeParse(raw.path);
      const query = querySchema.safeParse(raw.query);
      const body = bodySchema.safeParse(raw.body);
      if (path.success && query.success && body.success) {
        // Where a part has no schema, its type is the default one that was used instead.
        const input = { path: path.data, query: query.data, body: body.data } as {
          path: z.output<Path>;
          query: z.output<Query>;
          body: z.output<Body>;
        };
        return definition.handle(context, call, input);
      }
      const errors: FieldError[] = [
        ...fieldErrors("parameter", path.error?.issues ?? []),
        ...fieldErrors("parameter", query.error?.issues ?? []),
        ...fieldErrors("pointer", body.error?.issues ?? []),
      ];
      return invalidRequest(errors);
    },
  };
}

export function ok(body: unknown): Success {
  return { kind: "success", status: 200, body };
}

/** 201, with the address of what was made where it can be fetched; `segments` are put below /admin/v1. */
export function created(body: unknown, ...segments: readonly (string | number)[]): Success {
  if (segments.length === 0) return { kind: "success", status: 201, body };
  const location = `/admin/v1/${segments.map((s) => encodeURIComponent(s)).join("/")}`;
  return { kind: "success", status: 201, body, headers: { Location: location } };
}
