import { type Key, keyKind, keyPermission, personRole, type Venue } from "@halcyon/core";

const prefix = "session:";

/**
 * Whoever is signed in asks in the name of a key that the venue makes of the session. It is no API key
 * that a client could name: those have no colon.
 */
export function sessionKeyName(id: string): string {
  return prefix + id;
}

/** The session that a key's name stands for; null: it is an API key's. */
export function sessionOfKeyName(name: string): string | null {
  return name.startsWith(prefix) ? name.slice(prefix.length) : null;
}

/**
 * The key of a trader's session, as it is now; null: there is none, or it is over by log time. It reads
 * and trades, and withdraws while the session is elevated.
 */
export function keyOfSession(venue: Venue, id: string): Key | null {
  const session = venue.people.session(id);
  if (session === undefined || session.expiresAtMs <= venue.logTimeMs) return null;
  const person = venue.people.get(session.person);
  if (person?.role !== personRole.trader) return null;
  const mayWithdraw = session.elevatedUntilMs > venue.logTimeMs;
  return {
    name: sessionKeyName(id),
    account: person.account,
    kind: keyKind.hmacSha256,
    permissions:
      keyPermission.read | keyPermission.trade | (mayWithdraw ? keyPermission.withdraw : 0),
    label: person.name,
    material: new Uint8Array(0),
    allowedAddresses: "",
    createdAtMs: session.createdAtMs,
  };
}
