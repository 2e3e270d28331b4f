import { assetById } from "../lookup.ts";
import { amountText } from "../market-parameters.ts";
import { defineRoute, ok } from "../route.ts";
import { audit, status } from "../schemas.ts";

const getAudit = defineRoute({
  verb: "GET",
  path: "/audit",
  operationId: "getAudit",
  tag: "System",
  summary: "Audit the ledger",
  description:
    "Adds up every balance and every open order anew. The node does nothing else meanwhile: about a second for ten million balances.",
  success: { status: 200, description: "The audit, per asset.", schema: audit },
  handle({ replica: { venue, position } }) {
    const report = venue.audit();
    const assets = report.assets.map((row) => {
      const asset = assetById(venue, row.asset);
      return {
        asset: row.code,
        balanced: row.balanced,
        entered: amountText(row.entered, asset),
        owed: amountText(row.owed, asset),
        held: amountText(row.held, asset),
        heldByOrders: amountText(row.heldByOrders, asset),
        heldByTransfers: amountText(row.heldByTransfers, asset),
        negativeBalances: row.negativeBalances,
      };
    });
    return ok({ balanced: report.balanced, position, assets });
  },
});

const getStatus = defineRoute({
  verb: "GET",
  path: "/status",
  operationId: "getStatus",
  tag: "System",
  summary: "Show the node that answers",
  description: "Any node may answer; its name is also in the Halcyon-Node header.",
  success: { status: 200, description: "The node.", schema: status },
  handle({ replica: { venue, nodeName, position }, region, version }) {
    const word = (value: number) => (value >>> 0).toString(16).padStart(8, "0");
    return ok({
      node: nodeName,
      region,
      version,
      position,
      logTime: new Date(venue.logTimeMs).toISOString(),
      stateHash: venue.hash.map(word).join(""),
      counts: {
        assets: venue.assets.all().length,
        markets: venue.markets.all().length,
        accounts: venue.accounts.count,
        openOrders: venue.openOrderCount,
      },
    });
  },
});

export const systemRoutes = [getAudit, getStatus];
