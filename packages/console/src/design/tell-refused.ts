import { texts } from "../texts/texts.ts";
import { VenueError } from "../venue/http.ts";
import { notify } from "./notices.tsx";

/** Says what the venue refused, or that nobody knows what became of it. */
export function tellRefused(error: unknown, title: string = texts.order.refused): void {
  if (!(error instanceof VenueError)) throw error;
  if (error.isOutcomeUnknown) notify("bad", texts.order.unknown, texts.order.unknownMore);
  else notify("bad", title, error.message);
}
