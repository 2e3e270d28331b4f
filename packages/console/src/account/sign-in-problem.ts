import { texts } from "../texts/texts.ts";
import type { VenueError } from "../venue/http.ts";

/** What to tell whose proof was refused. */
export function problemOf(error: VenueError): string {
  if (error.status !== 429 || error.retryAfterMs === null) return error.message;
  return texts.signIn.wait(Math.ceil(error.retryAfterMs / 1000));
}
