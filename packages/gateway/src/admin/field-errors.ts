import type { z } from "zod";
import type { FieldError } from "./problem.ts";

const errorsMax = 20;

/** zod's issues as the `errors` of a problem: where, and what is expected there. */
export function fieldErrors(
  place: "pointer" | "parameter",
  issues: readonly z.core.$ZodIssue[],
): FieldError[] {
  return issues.flatMap((issue) => errorsOf(place, issue)).slice(0, errorsMax);
}

function errorsOf(place: "pointer" | "parameter", issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code !== "unrecognized_keys") return [fieldError(place, issue.path, issue.message)];
  const detail = place === "pointer" ? "is not a field of this request" : "is not a parameter here";
  return issue.keys.map((key) => fieldError(place, [...issue.path, key], detail));
}

function fieldError(
  place: "pointer" | "parameter",
  path: readonly PropertyKey[],
  detail: string,
): FieldError {
  if (place === "parameter") return { parameter: path.map(String).join("."), detail };
  return { pointer: jsonPointer(path), detail };
}

/** RFC 6901 as a URI fragment, as in RFC 9457's own example. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  const tokens = path.map((part) => String(part).replace(/~/g, "~0").replace(/\//g, "~1"));
  // Keys of a body may hold lone surrogates, which a URI cannot.
  return `#${tokens.map((token) => `/${encodeURIComponent(token.toWellFormed())}`).join("")}`;
}
