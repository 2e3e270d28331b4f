import type { Route } from "./route.ts";
import { RouteTable } from "./route-table.ts";
import { accountRoutes } from "./routes/accounts.ts";
import { administratorRoutes } from "./routes/administrators.ts";
import { assetRoutes } from "./routes/assets.ts";
import { balanceHistoryRoutes } from "./routes/balance-history.ts";
import { bulkTransferRoutes } from "./routes/bulk-transfers.ts";
import { feeTierRoutes } from "./routes/fee-tiers.ts";
import { holdRoutes } from "./routes/holds.ts";
import { keyRoutes } from "./routes/keys.ts";
import { marketRulesRoutes } from "./routes/market-rules.ts";
import { marketRoutes } from "./routes/markets.ts";
import { nodeRoutes } from "./routes/nodes.ts";
import { peopleRoutes } from "./routes/people.ts";
import { rulesRoutes } from "./routes/rules.ts";
import { systemRoutes } from "./routes/system.ts";
import { trailRoutes } from "./routes/trail.ts";
import { transferRoutes } from "./routes/transfers.ts";

/** Every route of the admin API: what is served, and what openapi.json describes. */
export const routes: readonly Route[] = [
  ...assetRoutes,
  ...marketRoutes,
  ...marketRulesRoutes,
  ...feeTierRoutes,
  ...accountRoutes,
  ...balanceHistoryRoutes,
  ...keyRoutes,
  ...transferRoutes,
  ...bulkTransferRoutes,
  ...holdRoutes,
  ...administratorRoutes,
  ...peopleRoutes,
  ...rulesRoutes,
  ...systemRoutes,
  ...nodeRoutes,
  ...trailRoutes,
];

export const adminRoutes: RouteTable = new RouteTable(routes);
