import type { RefusalName } from "@halcyon/core";

/** One field of the request that cannot be taken: `pointer` into the body, or the name of a parameter. */
export type FieldError =
  | { readonly pointer: string; readonly detail: string }
  | { readonly parameter: string; readonly detail: string };

/** What an answer other than success says; `problemBody` makes RFC 9457 of it. */
export type Problem = {
  readonly kind: "problem";
  /** Last part of the type URI: one word per cause, never reused for another. */
  readonly name: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly code?: { readonly number: number; readonly name: RefusalName };
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
};

export const problemTypePrefix = "urn:problem-type:halcyon:";
export const problemContentType = "application/problem+json";

export function problemBody(problem: Problem, instance: string): Record<string, unknown> {
  const { name, status, title, detail, code, errors } = problem;
  return {
    type: problemTypePrefix + name,
    title,
    status,
    detail,
    ...(code === undefined ? {} : { code }),
    ...(errors === undefined ? {} : { errors }),
    instance,
  };
}

/**
 * Every problem that is not a refusal of the core. The core's own are in refusal-problems.ts.
 */
export const requestProblem = {
  "malformed-json": { status: 400, title: "The body is not JSON" },
  "invalid-request": { status: 400, title: "The request does not fit its schema" },
  unauthorized: { status: 401, title: "No valid administrator token" },
  "not-signed-in": { status: 401, title: "Nobody is signed in" },
  "sign-in-refused": { status: 401, title: "That does not prove who you are" },
  "second-factor-required": { status: 401, title: "A code of the second factor is missing" },
  "second-factor-needed": { status: 403, title: "This needs a fresh proof of who you are" },
  forbidden: { status: 403, title: "That is not for whoever asks" },
  "not-found": { status: 404, title: "There is no such thing" },
  "unknown-path": { status: 404, title: "There is no such path" },
  "method-not-allowed": { status: 405, title: "This path does not know that method" },
  conflict: { status: 409, title: "The state of the venue forbids it" },
  "body-too-large": { status: 413, title: "The body is too large" },
  "unsupported-media-type": { status: 415, title: "The body has the wrong content type" },
  "idempotency-key-reused": {
    status: 422,
    title: "The Idempotency-Key belongs to another request",
  },
  "too-many-attempts": { status: 429, title: "Too many failed attempts" },
  "node-silent": { status: 502, title: "The node does not answer" },
  "internal-error": { status: 500, title: "A defect in the venue" },
  overloaded: { status: 503, title: "Not done: the venue is overloaded" },
  "outcome-unknown": { status: 503, title: "The outcome is not known" },
} as const satisfies Record<string, { status: number; title: string }>;
export type RequestProblemName = keyof typeof requestProblem;

export function problem(
  name: RequestProblemName,
  detail: string,
  extra: Pick<Problem, "errors" | "headers"> = {},
): Problem {
  return { kind: "problem", name, ...requestProblem[name], detail, ...extra };
}

export function invalidRequest(errors: readonly FieldError[]): Problem {
  const noun = errors.length === 1 ? "One part" : `${errors.length} parts`;
  return problem(
    "invalid-request",
    `${noun} of the request cannot be taken; \`errors\` says which and why. Nothing was changed.`,
    { errors },
  );
}
