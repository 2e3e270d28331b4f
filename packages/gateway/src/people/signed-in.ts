import { personRole, type Venue } from "@halcyon/core";
import type { SignedIn } from "../admin/route.ts";
import type { ShownSession } from "../auth/session-token.ts";

/** Who is signed in with a session that was shown; null: it is over, or was ended. */
export function signedInOf(venue: Venue, shown: ShownSession | null): SignedIn | null {
  const session = shown === null ? undefined : venue.people.session(shown.id);
  if (session === undefined || session.expiresAtMs <= venue.logTimeMs) return null;
  const person = venue.people.get(session.person);
  return person === undefined ? null : { person, session };
}

/** Whether whoever signed in has proven it again a short while ago. */
export function isElevated(venue: Venue, { session }: SignedIn): boolean {
  return session.elevatedUntilMs > venue.logTimeMs;
}

export function isAdministrator({ person }: SignedIn): boolean {
  return person.role === personRole.administrator;
}

/** How the audit trail calls a person; no administrator's token is called so. */
export function nameInTrail({ person }: SignedIn): string {
  return `person:${person.name}`;
}
