import { callAdmin } from "../admin-client.ts";
import type { CommonOptions } from "../options.ts";
import { paint, table } from "../output.ts";

type AssetAudit = {
  readonly asset: string;
  readonly balanced: boolean;
  readonly entered: string;
  readonly owed: string;
  readonly held: string;
  readonly heldByOrders: string;
  readonly heldByTransfers: string;
};
export type LedgerAudit = {
  readonly body: {
    readonly balanced: boolean;
    readonly position: number;
    readonly assets: readonly AssetAudit[];
  };
  readonly text: string;
};

/** Has a node add up its ledger: what accounts have and hold is what came in less what went out. */
export async function auditLedger(options: CommonOptions): Promise<LedgerAudit> {
  const body = await callAdmin<LedgerAudit["body"]>(options, "GET", "/audit");
  const rows = body.assets.map((one) => [
    one.asset,
    one.entered,
    one.owed,
    one.held,
    one.heldByOrders,
    one.heldByTransfers,
    one.balanced ? "yes" : "NO",
  ]);
  const verdict = body.balanced
    ? paint("green", "The ledger balances")
    : paint("red", "The ledger does not balance");
  const heading = ["ASSET", "ENTERED", "OWED", "HELD", "BY ORDERS", "BY TRANSFERS", "BALANCED"];
  return { body, text: `${verdict} at position ${body.position}.\n${table(heading, rows)}` };
}
