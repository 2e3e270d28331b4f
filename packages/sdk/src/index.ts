export { Client, type ClientOptions, createClient, type Done } from "./client.ts";
export type { EndpointHealth, EndpointState } from "./endpoint.ts";
export { InputError, NotExecutedError, OutcomeUnknownError, RefusedError } from "./errors.ts";
export { type ClientLimits, clientLimitsDefault } from "./limits.ts";
export { type ExchangeInfo, Grid, Market, type MarketInfo } from "./market.ts";
export type * from "./order-types.ts";
export type { Facts, Options } from "./requester.ts";
export type { Credentials } from "./signer.ts";
