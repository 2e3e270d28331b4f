import { z } from "zod";

/** Query parameters of every list. `after` is the `next` of the page before. */
export function pageQuery<Cursor extends z.ZodType>(cursor: Cursor) {
  return { limit: wholeNumber(1, 1000).default(100), after: cursor.optional() };
}

/** A whole number in a path or a query: plain digits, so not "0x10", "1e3", "-0" or "1.0". */
export function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^(0|[1-9]\d{0,15})$/, "must be a whole number in plain digits")
    .transform(Number)
    .pipe(z.int().min(min).max(max));
}

/** The first `limit` of the items, and the cursor for the next page when there are more. */
export function page<Item, Cursor>(
  items: readonly Item[],
  limit: number,
  cursorOf: (item: Item) => Cursor,
): { readonly items: Item[]; readonly next: Cursor | null } {
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown, next: items.length > limit && last !== undefined ? cursorOf(last) : null };
}
