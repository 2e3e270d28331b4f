import type { Asset } from "@halcyon/core";
import { z } from "zod";
import type { BalanceEntry } from "../../views/balance-history.ts";
import { noAccount, noAsset } from "../lookup.ts";
import { amountText } from "../market-parameters.ts";
import { page, pageQuery, wholeNumber } from "../page.ts";
import { invalidRequest, problem } from "../problem.ts";
import { type AdminAnswer, type AdminContext, defineRoute, ok } from "../route.ts";
import { accountId, assetCode, example, signedDecimal, timeText } from "../schemas.ts";
import { accountInPath } from "./accounts.ts";

const balanceEntry = z
  .strictObject({
    position: example(z.int(), "The position in the log after which it was so; 0: always.", 1234),
    time: example(z.nullable(timeText), "The log's time there; null: it never changed.", null),
    available: example(signedDecimal(), "Free to trade or withdraw.", "1.50000000"),
    held: example(signedDecimal(), "Reserved for open orders and holds.", "0.00000000"),
  })
  .meta({ id: "BalanceEntry", description: "A balance as it was until its next entry." });
export const balanceHistory = z
  .strictObject({
    account: accountId,
    asset: assetCode,
    entries: z.array(balanceEntry),
    complete: example(z.boolean(), "Whether the node keeps it from its beginning on.", true),
    next: z.nullable(z.int()),
  })
  .meta({ id: "BalanceHistory", description: "How a balance changed, oldest first." });

function entryBody(entry: BalanceEntry, asset: Asset): z.output<typeof balanceEntry> {
  return {
    position: entry.position,
    time: new Date(entry.timeMs).toISOString(),
    available: amountText(entry.available, asset),
    held: amountText(entry.held, asset),
  };
}

/** The entry in force after a position, or why it is not known. */
function entryAt(
  entries: readonly BalanceEntry[],
  isWhole: boolean,
  at: number,
  asset: Asset,
): z.output<typeof balanceEntry> | AdminAnswer {
  const entry = entries.findLast(({ position }) => position <= at);
  if (entry !== undefined) return entryBody(entry, asset);
  const zero = amountText(0n, asset);
  if (isWhole) return { position: 0, time: null, available: zero, held: zero };
  const since = entries[0]?.position;
  const detail =
    since === undefined
      ? "This node keeps no change of the balance: it is what GET /admin/v1/accounts/{id} says, for longer than the node remembers."
      : `This node keeps the balance from position ${since} on.`;
  return problem("not-found", detail);
}

const position = wholeNumber(0, Number.MAX_SAFE_INTEGER);

export const balanceHistoryQuery = z.strictObject({
  from: position.optional(),
  to: position.optional(),
  at: position.optional(),
  ...pageQuery(position),
});

const getBalanceHistory = defineRoute({
  verb: "GET",
  path: "/accounts/{id}/balances/{asset}/history",
  operationId: "getBalanceHistory",
  tag: "Accounts",
  summary: "Show how a balance changed, or what it was",
  description:
    "By position in the log: an entry for each batch that changed it, the last thousand or so. `from` and `to` bound the positions; `at` asks for the one entry in force after a position.",
  pathParameters: z.strictObject({ ...accountInPath.shape, asset: assetCode }),
  query: balanceHistoryQuery,
  success: { status: 200, description: "The entries.", schema: balanceHistory },
  problems: ["not-found", "conflict"],
  handle(context, _call, { path, query }) {
    const { accounts } = context.replica.venue;
    return accounts.exists(path.id)
      ? historyOf(context, path.id, path.asset, query)
      : noAccount(path.id);
  },
});

/** How an account's balance of an asset changed. */
export function historyOf(
  { replica, views }: AdminContext,
  account: number,
  code: string,
  query: z.output<typeof balanceHistoryQuery>,
): AdminAnswer {
  const { venue } = replica;
  const asset = venue.assets.byCode(code);
  if (asset === undefined) return noAsset(code);
  const { entries, isWhole } = views.balances.of(account, asset.id);
  const head = { account, asset: asset.code, complete: isWhole };
  const { at, from = 0, to = Number.MAX_SAFE_INTEGER, after = -1, limit } = query;
  if (at !== undefined) {
    if (query.from !== undefined || query.to !== undefined || query.after !== undefined) {
      return invalidRequest([{ parameter: "at", detail: "goes without from, to and after" }]);
    }
    if (at > replica.position) {
      const detail = `This node has applied the log up to position ${replica.position}: send that position as Halcyon-Position to wait for it.`;
      return problem("conflict", detail);
    }
    const entry = entryAt(entries, isWhole, at, asset);
    return "kind" in entry ? entry : ok({ ...head, entries: [entry], next: null });
  }
  const rest = entries.filter((e) => e.position >= from && e.position <= to && e.position > after);
  const { items, next } = page(rest, limit, (entry) => entry.position);
  return ok({ ...head, entries: items.map((entry) => entryBody(entry, asset)), next });
}

export const balanceHistoryRoutes = [getBalanceHistory];
