import { z } from "zod";
import { type Problem, problem } from "../admin/problem.ts";
import type { AdminContext, Call } from "../admin/route.ts";
import { isElevated } from "./signed-in.ts";

/** NIST SP 800-63B: length is what counts; no rules about characters. */
export const newPassword = z
  .string()
  .min(12, "must have at least 12 characters")
  .max(128, "must have at most 128 characters");

/** The problem with a sensitive act of somebody who did not prove again who it is; null: go on. */
export function needsElevation(context: AdminContext, call: Call): Problem | null {
  const { signedIn } = call.by;
  if (signedIn === null || isElevated(context.replica.venue, signedIn)) return null;
  return problem("second-factor-needed", "Prove once more who you are, then ask again.");
}
