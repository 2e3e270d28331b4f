import { z } from "zod";
import { defineRoute, ok } from "../../admin/route.ts";
import { hashed } from "../proof.ts";
import { needsElevation, newPassword } from "../sensitive.ts";
import { setPerson } from "../set-person.ts";
import { callerOf } from "./sessions.ts";

const changePassword = defineRoute({
  verb: "PUT",
  path: "/password",
  operationId: "changePassword",
  tag: "Password",
  summary: "Change your password",
  description: "Your other sessions end.",
  body: z.strictObject({ next: newPassword }),
  success: {
    status: 200,
    description: "It is changed.",
    schema: z.strictObject({ changed: z.literal(true) }),
  },
  problems: ["second-factor-needed", "conflict"],
  async handle(context, call, { body }) {
    const problem = needsElevation(context, call);
    if (problem !== null) return problem;
    const password = await hashed(context, body.next);
    if ("kind" in password) return password;
    const { person } = callerOf(call);
    return setPerson(context, call, person, { password }, "password", () => ok({ changed: true }));
  },
});

export const passwordRoutes = [changePassword];
