import type { Route } from "./route.ts";
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
import { rulesRoutes } from "./routes/rules.ts";
import { systemRoutes } from "./routes/system.ts";
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
  ...rulesRoutes,
  ...systemRoutes,
];

type Found =
  | { readonly route: Route; readonly parameters: Record<string, string> }
  | { readonly allowed: readonly string[] };

const segmentsOf = routes.map((route) => route.path.split("/"));

/** The route for a path below /admin/v1, or the verbs that the path does know. */
export function findRoute(verb: string, path: string): Found {
  const segments = path.split("/").map(decodeSegment);
  const allowed: string[] = [];
  for (const [i, route] of routes.entries()) {
    const parameters = match(segmentsOf[i]!, segments);
    if (parameters === null) continue;
    if (route.verb === verb) return { route, parameters };
    allowed.push(route.verb);
  }
  return { allowed };
}

function match(
  template: readonly string[],
  segments: readonly (string | null)[],
): Record<string, string> | null {
  if (template.length !== segments.length) return null;
  const parameters: Record<string, string> = {};
  for (const [i, part] of template.entries()) {
    const segment = segments[i]!;
    if (segment === null) return null;
    if (part.startsWith("{") && segment !== "") parameters[part.slice(1, -1)] = segment;
    else if (part !== segment) return null;
  }
  return parameters;
}

/** Null for what is not percent-encoded UTF-8: no path is called that. */
function decodeSegment(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}
