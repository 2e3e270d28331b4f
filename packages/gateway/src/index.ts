export { administratorKeyOf, administratorTokenOf } from "./admin/credentials.ts";
export { toMarketParameters } from "./admin/market-parameters.ts";
export { masterKeyBytes, Seal } from "./auth/seal.ts";
export { defaultLimits, type GatewayConfig, type LimitsConfig } from "./config.ts";
export type { GatewayLogger } from "./dialect/method.ts";
export { createGateway, type Gateway, type GatewayOptions } from "./gateway.ts";
export type { RequestObserver } from "./rest/dialect-handler.ts";
export { Views } from "./views/views.ts";
export type { WebSocketCounts } from "./websocket/web-sockets.ts";
