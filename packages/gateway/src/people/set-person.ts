import { encodeSetPerson, type Person, refusal } from "@halcyon/core";
import { change } from "../admin/change.ts";
import { problem } from "../admin/problem.ts";
import type { AdminAnswer, AdminContext, Call, Success } from "../admin/route.ts";

type Changed = Partial<Pick<Person, "role" | "account" | "password" | "secondFactor">>;

/** Changes a person as it is now; all its sessions end but the one to be kept. */
export function setPerson(
  context: AdminContext,
  call: Call,
  person: Person,
  changed: Changed,
  what: string,
  success: () => Success,
): Promise<AdminAnswer> {
  const { name, revision } = person;
  const { signedIn } = call.by;
  const keepSession = signedIn?.person.name === name ? signedIn.session.id : "";
  return change(context, call, {
    lane: "normal",
    target: { person: name, change: what },
    event: "personChanged",
    encode: (w, origin) =>
      encodeSetPerson(w, origin, { ...person, ...changed, revision, keepSession }),
    matches: (event) => event.name === name && event.revision === revision + 1,
    success,
    refusals: {
      [refusal.personChanged]: problem(
        "conflict",
        `${name} was changed at the same time. Look, then ask again.`,
      ),
    },
  });
}
