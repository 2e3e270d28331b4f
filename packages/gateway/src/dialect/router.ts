import type { Method } from "./method.ts";

/** Finds methods by their address or by their WebSocket API name. */
export class Router {
  readonly #byVerb = new Map<string, Map<string, Method>>();
  readonly #byName = new Map<string, Method>();

  constructor(methods: readonly Method[]) {
    for (const method of methods) {
      for (const { verb, path } of method.rest) {
        const paths = this.#byVerb.get(verb) ?? new Map<string, Method>();
        this.#byVerb.set(verb, paths);
        if (paths.has(path)) throw new Error(`two methods answer ${verb} ${path}`);
        paths.set(path, method);
      }
      if (method.ws === null) continue;
      if (this.#byName.has(method.ws)) throw new Error(`two methods are named ${method.ws}`);
      this.#byName.set(method.ws, method);
    }
  }

  rest(verb: string, path: string): Method | undefined {
    return this.#byVerb.get(verb)?.get(path);
  }

  ws(name: string): Method | undefined {
    return this.#byName.get(name);
  }
}
