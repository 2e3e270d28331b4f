import { personRole } from "@halcyon/core";
import { z } from "zod";
import type { AdminContext, Call, SignedIn, Success } from "../admin/route.ts";
import { setCookie } from "../auth/session-cookie.ts";

/** A token is good for so long, and a page that is open has it renewed. */
export const tokenMs = 15 * 60_000;
/** After which somebody must sign in again, however often the token was renewed. */
export const sessionMs = 12 * 3_600_000;
/** How long a proof given again counts. */
export const elevatedMs = 10 * 60_000;

export const sessionSchema = z.strictObject({
  id: z.string(),
  person: z.strictObject({
    name: z.string(),
    role: z.enum(["trader", "administrator"]),
    account: z.nullable(z.int()),
    hasSecondFactor: z.boolean(),
  }),
  createdAtMs: z.int(),
  /** When it is over whatever happens. */
  expiresAtMs: z.int(),
  elevatedUntilMs: z.nullable(z.int()),
});

export function sessionBody(
  { person, session }: SignedIn,
  logTimeMs: number,
): z.output<typeof sessionSchema> {
  const isTrader = person.role === personRole.trader;
  return {
    id: session.id,
    person: {
      name: person.name,
      role: isTrader ? "trader" : "administrator",
      account: isTrader ? person.account : null,
      hasSecondFactor: person.secondFactor.length > 0,
    },
    createdAtMs: session.createdAtMs,
    expiresAtMs: session.expiresAtMs,
    elevatedUntilMs: session.elevatedUntilMs > logTimeMs ? session.elevatedUntilMs : null,
  };
}

/** The session with a new token for it, which asks of nodes that they know it as of this position. */
export function sessionAnswer(
  { replica, people }: AdminContext,
  call: Call,
  signedIn: SignedIn,
  position: number,
  status: Success["status"] = 200,
): Success {
  const { logTimeMs } = replica.venue;
  const { id, expiresAtMs } = signedIn.session;
  const endMs = Math.min(expiresAtMs, logTimeMs + tokenMs);
  const token = people.tokens.issue({ id, position, expiresAtMs: endMs });
  const cookie = setCookie(call.headers, token, Math.ceil((endMs - logTimeMs) / 1000));
  return {
    kind: "success",
    status,
    body: sessionBody(signedIn, logTimeMs),
    headers: { "Set-Cookie": cookie },
  };
}
