import type { Person } from "@halcyon/core";
import { type Problem, problem } from "../admin/problem.ts";
import type { AdminContext } from "../admin/route.ts";

/** The same whatever was wrong, so that it tells nobody which names there are. */
export function refused(): Problem {
  return problem(
    "sign-in-refused",
    "Name, password or code is wrong, or the code was used before: wait for the next one, then try again.",
  );
}

export function tooManyAttempts(waitMs: number): Problem {
  const seconds = String(Math.ceil(waitMs / 1000));
  return problem("too-many-attempts", `Too many attempts failed: wait ${seconds} s.`, {
    headers: { "Retry-After": seconds },
  });
}

/** Whether it is the person's password; a person who does not exist has none, and it takes as long to say so. */
export async function checkPassword(
  { people }: AdminContext,
  person: Person | undefined,
  password: string,
): Promise<boolean | Problem> {
  return (await people.passwords.verify(person?.password, password)) ?? busy();
}

/** A new password as the venue keeps it. */
export async function hashed(
  { people }: AdminContext,
  password: string,
): Promise<Buffer | Problem> {
  return (await people.passwords.hash(password)) ?? busy();
}

function busy(): Problem {
  return problem("overloaded", "Many people sign in just now: try again in 2 s.", {
    headers: { "Retry-After": "2", "Halcyon-Not-Executed": "1" },
  });
}

/** The step of time of a right code, or why it does not count. */
export function checkCode(context: AdminContext, person: Person, code: string): number | Problem {
  const { codes, limits } = context.people;
  const nowMs = context.now();
  const waitMs = limits.codeWaitMs(person.name, nowMs);
  if (waitMs > 0) return tooManyAttempts(waitMs);
  const step = codes.stepOf(person.name, person.secondFactor, code, nowMs);
  if (step !== null) return step;
  limits.codeFailed(person.name, nowMs);
  return refused();
}
