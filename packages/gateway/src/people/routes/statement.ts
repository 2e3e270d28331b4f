import { z } from "zod";
import { problem } from "../../admin/problem.ts";
import { defineRoute } from "../../admin/route.ts";
import {
  balanceHistory,
  balanceHistoryQuery,
  historyOf,
} from "../../admin/routes/balance-history.ts";
import { assetCode } from "../../admin/schemas.ts";
import { isAdministrator } from "../signed-in.ts";
import { callerOf } from "./sessions.ts";

const getStatement = defineRoute({
  verb: "GET",
  path: "/balances/{asset}/history",
  operationId: "getOwnBalanceHistory",
  tag: "Statement",
  summary: "Show how your balance of an asset changed",
  description: "As GET /admin/v1/accounts/{id}/balances/{asset}/history does.",
  pathParameters: z.strictObject({ asset: assetCode }),
  query: balanceHistoryQuery,
  success: { status: 200, description: "The entries.", schema: balanceHistory },
  problems: ["forbidden", "not-found", "conflict"],
  handle(context, call, { path: { asset }, query }) {
    const signedIn = callerOf(call);
    if (isAdministrator(signedIn)) return problem("forbidden", "Administrators have no account.");
    return historyOf(context, signedIn.person.account, asset, query);
  },
});

export const statementRoutes = [getStatement];
