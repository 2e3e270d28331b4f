import type { HoldRecord, Venue } from "@halcyon/core";
import { z } from "zod";
import { requestIdText } from "../../dialect/request-id.ts";
import { readTransferId } from "../../transfer-id.ts";
import { assetById, noAccount } from "../lookup.ts";
import { amountText } from "../market-parameters.ts";
import { page, pageQuery, wholeNumber } from "../page.ts";
import { problem } from "../problem.ts";
import { defineRoute, ok } from "../route.ts";
import { holdBody, transferId } from "../transfer-schemas.ts";

function bodyOf(venue: Venue, hold: HoldRecord): z.output<typeof holdBody> {
  const asset = assetById(venue, hold.asset);
  const { number, from, to, code, expiresAtMs } = hold;
  return {
    id: requestIdText(hold.id),
    number,
    status: hold.state,
    from,
    to,
    asset: asset.code,
    amount: amountText(hold.amount, asset),
    code,
    expiresAt: expiresAtMs === 0 ? null : new Date(expiresAtMs).toISOString(),
  };
}

const listHolds = defineRoute({
  verb: "GET",
  path: "/holds",
  operationId: "listHolds",
  tag: "Money",
  summary: "List the open holds of transfers",
  description: "By rising number: of all accounts, or of the one whose money is held.",
  query: z.strictObject({
    account: wholeNumber(0, 0x7fff_ffff).optional(),
    ...pageQuery(wholeNumber(1, Number.MAX_SAFE_INTEGER)),
  }),
  success: {
    status: 200,
    description: "A page of holds.",
    schema: z
      .strictObject({ holds: z.array(holdBody), next: z.nullable(z.int()) })
      .meta({ id: "HoldPage", description: "Holds, and `after` of the next page." }),
  },
  problems: ["not-found"],
  handle({ replica: { venue } }, _call, { query }) {
    const { account = -1, after = 0, limit } = query;
    if (account >= 0 && !venue.accounts.exists(account)) return noAccount(account);
    const rest = venue.openHolds(account, after, limit + 1);
    const { items, next } = page(rest, limit, ({ number }) => number);
    return ok({ holds: items.map((hold) => bodyOf(venue, hold)), next });
  },
});

const getHold = defineRoute({
  verb: "GET",
  path: "/holds/{id}",
  operationId: "getHold",
  tag: "Money",
  summary: "Show a hold, also one that has ended",
  description: "To post or void it, send a transfer of that kind.",
  pathParameters: z.strictObject({ id: transferId }),
  success: { status: 200, description: "The hold.", schema: holdBody },
  problems: ["not-found"],
  handle({ replica: { venue } }, _call, { path: { id } }) {
    const hold = venue.hold(readTransferId(id)!);
    if (hold !== undefined) return ok(bodyOf(venue, hold));
    return problem(
      "not-found",
      `No hold was made under ${id}. GET /admin/v1/holds lists open ones.`,
    );
  },
});

export const holdRoutes = [listHolds, getHold];
