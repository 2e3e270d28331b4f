import type { Route } from "./route.ts";

type Found =
  | { readonly route: Route; readonly parameters: Record<string, string> }
  | { readonly allowed: readonly string[] };

/** Finds the route of a request by its verb and its path. */
export class RouteTable {
  readonly routes: readonly Route[];
  readonly #segments: readonly (readonly string[])[];

  constructor(routes: readonly Route[]) {
    this.routes = routes;
    this.#segments = routes.map((route) => route.path.split("/"));
  }

  /** The route for a path below where the API is mounted, or the verbs that the path does know. */
  find(verb: string, path: string): Found {
    const segments = path.split("/").map(decodeSegment);
    const allowed: string[] = [];
    for (const [i, route] of this.routes.entries()) {
      const parameters = match(this.#segments[i]!, segments);
      if (parameters === null) continue;
      if (route.verb === verb) return { route, parameters };
      allowed.push(route.verb);
    }
    return { allowed };
  }
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
