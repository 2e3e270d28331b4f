import type { Key, RequestId } from "@halcyon/core";
import type { Replica } from "@halcyon/replica";
import type { Authenticator } from "../auth/authenticator.ts";
import type { ListenKeys } from "../auth/listen-keys.ts";
import type { Seal } from "../auth/seal.ts";
import type { SessionCookies } from "../auth/session-cookie.ts";
import type { GatewayConfig } from "../config.ts";
import type { Limits } from "../limits/limits.ts";
import type { Views } from "../views/views.ts";
import type { DialectError } from "./errors.ts";
import type { MarketGrids } from "./market-grid.ts";
import type { Params, ParamTable } from "./params.ts";

/** Who asks, as far as it was proven. */
export type Caller = {
  /** The client's address, behind trusted proxies too. */
  readonly address: string;
  /** -1: nobody proved to be anybody. */
  readonly account: number;
  readonly key: Key | null;
  readonly requestId: RequestId;
  /** Whether the edge sends the request again, or cannot tell that it does not. */
  readonly retry: boolean;
};

/** The result as JSON text, ready for either transport, or an error. */
export type Answer =
  | { readonly ok: true; readonly json: string }
  | {
      readonly ok: false;
      readonly error: DialectError;
      /** JSON text of the error's `data` field. */
      readonly dataJson?: string;
      readonly retryAfterMs?: number;
      /**
       * Surely nothing happened: whoever forwards the request may try another node. `unfit`: this node
       * could not serve it; `busy`: it had no room, and another has more only if this one is not well.
       */
      readonly notExecuted?: "unfit" | "busy";
      /** It may have happened: whoever forwards the request may ask another node, by the same id. */
      readonly outcomeUnknown?: boolean;
    };

/** An answer of a JSON-able value; amounts in it are texts already. */
export function answer(value: unknown): Answer {
  return { ok: true, json: JSON.stringify(value) };
}
export function answerJson(json: string): Answer {
  return { ok: true, json };
}
export function refuse(error: DialectError): Answer {
  return { ok: false, error };
}

/**
 * What a caller must show: nothing; a key; or a signature by a key that has the permission.
 */
export type Security = "none" | "key" | "read" | "trade" | "withdraw";

export type RestRoute = {
  readonly verb: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
};

/** One thing clients can ask for, over REST and over the WebSocket API alike. */
export type Method = {
  readonly name: string;
  readonly rest: readonly RestRoute[];
  /** Its name in the WebSocket API; null when it is not offered there. */
  readonly ws: string | null;
  readonly security: Security;
  readonly weight: number | ((params: Params) => number);
  /** New orders it places: they count against the account's order limits. */
  readonly orders?: number;
  readonly params: ParamTable;
  handle(gateway: GatewayContext, caller: Caller, params: Params): Answer | Promise<Answer>;
};

/** Where problems that are nobody's request are told. */
export type GatewayLogger = {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};

/** What every method may use. */
export type GatewayContext = {
  readonly replica: Replica;
  readonly views: Views;
  /** This node's clock in milliseconds; what clients see of orders is log time instead. */
  readonly now: () => number;
  readonly grids: MarketGrids;
  readonly limits: Limits;
  readonly authenticator: Authenticator;
  readonly listenKeys: ListenKeys;
  readonly sessions: SessionCookies;
  readonly seal: Seal;
  readonly config: GatewayConfig;
  readonly logger: GatewayLogger;
};
