import { type Refusal, refusal } from "@halcyon/core";

/** What the dialect answers instead of a result: the HTTP status, and the body's code and text. */
export type DialectError = { readonly status: number; readonly code: number; readonly msg: string };

function error(status: number, code: number, msg: string): DialectError {
  return { status, code, msg };
}

/** Errors whose text is always the same. Codes and texts are Binance's: clients match on both. */
export const dialectError = {
  unknown: error(503, -1000, "Unknown error, please check your request or try again later."),
  badIdempotencyKey: error(
    400,
    -1130,
    "Idempotency-Key must be a UUIDv7 whose time is less than 1000ms ahead of the server's.",
  ),
  idempotencyKeyReused: error(
    400,
    -1130,
    "This Idempotency-Key belongs to another request. Use a new one for each new request; nothing was done.",
  ),
  internal: error(500, -1000, "An unknown error occurred while processing the request."),
  behind: error(503, -1008, "This node has not reached the requested position yet, try again."),
  halted: error(
    503,
    -1008,
    "This part of the venue is cut off from its log, nothing was done. Ask another address, or again later.",
  ),
  overloaded: error(
    503,
    -1008,
    "Server is currently overloaded with other requests. Please try again in a few minutes.",
  ),
  unsupportedCombination: error(400, -1014, "Unsupported order combination."),
  notSupported: error(400, -1020, "This operation is not supported."),
  outsideRecvWindow: error(400, -1021, "Timestamp for this request is outside of the recvWindow."),
  timestampAhead: error(
    400,
    -1021,
    "Timestamp for this request was 1000ms ahead of the server's time.",
  ),
  invalidSignature: error(400, -1022, "Signature for this request is not valid."),
  unknownPath: error(404, -1000, "Path does not exist, check the address and the method."),
  malformedRequest: error(400, -1000, "The request is not well-formed HTTP."),
  headersTooLarge: error(431, -1000, "Address and headers are too large; at most 24 KiB are read."),
  requestTimeout: error(408, -1000, "The request did not arrive in time."),
  tooManyParameters: error(400, -1101, "Too many parameters sent for this endpoint."),
  bodyTooLarge: error(413, -1101, "Request body is too large; at most 65536 bytes are read."),
  startAfterEnd: error(400, -1023, "Start time is greater than end time."),
  illegalCharacters: error(400, -1100, "Illegal characters found in a parameter."),
  duplicateParameter: error(400, -1101, "Duplicate values for a parameter detected."),
  invalidTimeInForce: error(400, -1115, "Invalid timeInForce."),
  invalidOrderType: error(400, -1116, "Invalid orderType."),
  invalidSide: error(400, -1117, "Invalid side."),
  invalidInterval: error(400, -1120, "Invalid interval."),
  invalidSymbol: error(400, -1121, "Invalid symbol."),
  invalidJson: error(400, -1135, "Invalid JSON Request."),
  recvWindowTooLong: error(400, -1131, "recvWindow must be less than 60000."),
  invalidTickerType: error(400, -1139, "Invalid ticker type."),
  invalidCancelRestrictions: error(
    400,
    -1145,
    "cancelRestrictions has to be either ONLY_NEW or ONLY_PARTIALLY_FILLED.",
  ),
  duplicateSymbols: error(400, -1151, "Symbol is present multiple times in the list."),
  symbolStatusMismatch: error(
    400,
    -1220,
    "The symbol's status does not match the requested symbolStatus.",
  ),
  invalidSymbolStatus: error(400, -1122, "Invalid symbolStatus."),
  invalidListenKey: error(400, -1125, "This listenKey does not exist."),
  intervalTooLong: error(400, -1127, "More than 24 hours between startTime and endTime."),
  invalidCombination: error(400, -1128, "Combination of optional parameters invalid."),
  insufficientBalance: error(400, -2010, "Account has insufficient balance for requested action."),
  cancelRestricted: error(400, -2011, "Order was not canceled due to cancel restrictions."),
  icebergExceedsQuantity: error(400, -1013, "IcebergQty exceeds QTY."),
  listsNotSupported: error(400, -1013, "OCO orders are not supported for this symbol."),
  preventionNotSupported: error(
    400,
    -1013,
    "This symbol does not allow the specified self-trade prevention mode.",
  ),
  accountDisabled: error(400, -2010, "This action is disabled on this account."),
  wouldMatch: error(400, -2010, "Order would immediately match and take."),
  wouldTrigger: error(400, -2010, "Order would trigger immediately."),
  wrongPhase: error(400, -2010, "This order type is not possible in this trading phase."),
  limitNeedsGtc: error(400, -2010, "Limit orders require GTC for this phase."),
  wrongListPrices: error(
    400,
    -2010,
    "The relationship of the prices for the orders is not correct.",
  ),
  listTypeNotSupported: error(400, -1158, "Order type not supported in OCO."),
  buyListLimitBelow: error(400, -1165, "A limit order in a buy OCO must be below."),
  sellListLimitAbove: error(400, -1166, "A limit order in a sell OCO must be above."),
  bothListOrdersLimit: error(400, -1168, "At least one OCO order must be contingent."),
  buyListStopAbove: error(400, -1196, "A stop loss order in a buy OCO must be above."),
  sellListStopBelow: error(400, -1197, "A stop loss order in a sell OCO must be below."),
  buyListProfitBelow: error(400, -1198, "A take profit order in a buy OCO must be below."),
  sellListProfitAbove: error(400, -1199, "A take profit order in a sell OCO must be above."),
  amendIncrease: error(400, -2038, "Order amend (quantity increase) is not supported."),
  amendNoChange: error(400, -2038, "The requested action would change no state; rejecting."),
  amendInList: error(400, -2038, "Orders of an OCO pair cannot be amended."),
  expiryInThePast: error(400, -1128, "goodTillDate must be in the future."),
  duplicateOrder: error(400, -2010, "Duplicate order sent."),
  marketClosed: error(400, -2010, "Market is closed."),
  unknownOrder: error(400, -2011, "Unknown order sent."),
  unknownOrderList: error(400, -2011, "Unknown order list sent."),
  noSuchOrder: error(400, -2013, "Order does not exist."),
  noSuchOrderList: error(400, -2013, "Order list does not exist."),
  badApiKeyFormat: error(401, -2014, "API-key format invalid."),
  rejectedApiKey: error(401, -2015, "Invalid API-key, IP, or permissions for action."),
  cancelReplacePartial: error(409, -2021, "Order cancel-replace partially failed."),
  cancelReplaceFailed: error(400, -2022, "Order cancel-replace failed."),
  invalidAsset: error(400, -4018, "We don't have this asset."),
  withdrawalsClosed: error(400, -4019, "Current asset is not open for withdrawal."),
  withdrawBalance: error(400, -4026, "You have insufficient balance."),
  duplicateWithdrawal: error(400, -4057, "Duplicate withdrawOrderId."),
} as const;

export function filterFailure(filter: string): DialectError {
  return error(400, -1013, `Filter failure: ${filter}`);
}
export function tooMuchWeight(limit: number): DialectError {
  return error(
    429,
    -1003,
    `Too much request weight used; current limit is ${limit} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.`,
  );
}
export function tooManyRequests(limit: number): DialectError {
  return error(
    429,
    -1003,
    `Too many requests; current limit is ${limit} requests per 5 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.`,
  );
}
export function banned(untilMs: number): DialectError {
  return error(
    418,
    -1003,
    `Way too much request weight used; IP banned until ${untilMs}. Please use WebSocket Streams for live updates to avoid bans.`,
  );
}
export function tooManyOrders(limit: number, interval: string): DialectError {
  return error(
    429,
    -1015,
    `Too many new orders; current limit is ${limit} orders per ${interval}.`,
  );
}
export function illegalCharactersIn(name: string, range: string): DialectError {
  return error(
    400,
    -1100,
    `Illegal characters found in parameter '${name}'; legal range is '${range}'.`,
  );
}
export function tooManyParameters(expected: number, received: number): DialectError {
  return error(
    400,
    -1101,
    `Too many parameters; expected '${expected}' and received '${received}'.`,
  );
}
export function missingParameter(name: string): DialectError {
  return error(
    400,
    -1102,
    `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`,
  );
}
export function missingOneOf(first: string, second: string): DialectError {
  return error(
    400,
    -1102,
    `Param '${first}' or '${second}' must be sent, but both were empty/null!`,
  );
}
export function unreadParameters(read: number, sent: number): DialectError {
  return error(
    400,
    -1104,
    `Not all sent parameters were read; read '${read}' parameter(s) but was sent '${sent}'.`,
  );
}
export function emptyParameter(name: string): DialectError {
  return error(400, -1105, `Parameter '${name}' was empty.`);
}
export function parameterNotRequired(name: string): DialectError {
  return error(400, -1106, `Parameter '${name}' sent when not required.`);
}
export function tooPrecise(name: string): DialectError {
  return error(400, -1111, `Parameter '${name}' has too much precision.`);
}
export function overflowed(name: string): DialectError {
  return error(400, -1108, `Parameter '${name}' overflowed.`);
}
/** Kinds of orders that a market has none of. */
export function notSupportedHere(orders: string): DialectError {
  return error(400, -1013, `${orders} are not supported for this symbol.`);
}
export function badStrategyType(name: string): DialectError {
  return error(400, -1134, `${name} was less than 1000000.`);
}
export function icebergNeedsGtc(name: string, timeInForceName: string): DialectError {
  return error(
    400,
    -1160,
    `Parameter '${name}' is not supported if '${timeInForceName}' is not GTC.`,
  );
}
export function invalidParameter(name: string): DialectError {
  return error(400, -1130, `Data sent for parameter '${name}' is not valid.`);
}

/** The dialect has one code for what keeps an order from being amended, whatever the text. */
export function amendError(code: Refusal): DialectError {
  const found = refusalErrors[code];
  const isRejection = found.code === -2010 || found.code === -2011;
  return isRejection ? { ...found, code: -2038 } : found;
}

const notForClients = error(400, -1130, "Data sent for a parameter is not valid.");

/** What the core's refusals are in the dialect. A new refusal does not compile until it is here. */
export const refusalErrors: Readonly<Record<Refusal, DialectError>> = {
  [refusal.malformedCommand]: notForClients,
  // Sent again so late that its first outcome may be forgotten: nobody can say what became of it.
  [refusal.requestTooOld]: dialectError.unknown,
  [refusal.notInTheseRules]: dialectError.notSupported,
  [refusal.rulesVersionNotHigher]: notForClients,
  [refusal.unknownAccount]: dialectError.rejectedApiKey,
  [refusal.accountMayNotTrade]: dialectError.accountDisabled,
  [refusal.accountMayNotWithdraw]: dialectError.accountDisabled,
  [refusal.accountMayNotDeposit]: dialectError.accountDisabled,
  [refusal.tooManyAccounts]: notForClients,
  [refusal.keyExists]: notForClients,
  [refusal.unknownKey]: dialectError.rejectedApiKey,
  [refusal.tooManyKeys]: notForClients,
  [refusal.unknownPerson]: notForClients,
  [refusal.personChanged]: notForClients,
  [refusal.tooManyPeople]: notForClients,
  [refusal.unknownSession]: notForClients,
  [refusal.codeUsed]: notForClients,
  [refusal.accountFrozen]: dialectError.accountDisabled,
  [refusal.unknownAsset]: dialectError.invalidAsset,
  [refusal.assetExists]: notForClients,
  [refusal.unknownMarket]: dialectError.invalidSymbol,
  [refusal.marketExists]: notForClients,
  [refusal.marketParameters]: notForClients,
  [refusal.tooManyAssets]: notForClients,
  [refusal.tooManyMarkets]: notForClients,
  [refusal.marketNotTrading]: dialectError.marketClosed,
  [refusal.marketPostOnly]: dialectError.wrongPhase,
  [refusal.marketInAuction]: dialectError.wrongPhase,
  [refusal.insufficientBalance]: dialectError.insufficientBalance,
  [refusal.amountNotPositive]: notForClients,
  [refusal.amountTooLarge]: notForClients,
  [refusal.feeTooHigh]: notForClients,
  [refusal.duplicateTransfer]: dialectError.duplicateWithdrawal,
  [refusal.transferIdReused]: dialectError.duplicateWithdrawal,
  [refusal.transferIdFailed]: dialectError.duplicateWithdrawal,
  [refusal.linkedTransferFailed]: notForClients,
  [refusal.sameAccount]: notForClients,
  [refusal.unknownHold]: notForClients,
  [refusal.holdPosted]: notForClients,
  [refusal.holdVoided]: notForClients,
  [refusal.holdExpired]: notForClients,
  [refusal.exceedsHold]: notForClients,
  [refusal.tooManyHolds]: notForClients,
  [refusal.tooManyTransfers]: dialectError.withdrawalsClosed,
  [refusal.accountOverdrawn]: notForClients,
  [refusal.holdOfOtherAsset]: notForClients,
  [refusal.priceOutOfRange]: filterFailure("PRICE_FILTER"),
  [refusal.quantityOutOfRange]: filterFailure("LOT_SIZE"),
  [refusal.notionalTooSmall]: filterFailure("NOTIONAL"),
  [refusal.notionalTooLarge]: filterFailure("NOTIONAL"),
  [refusal.duplicateClientOrderId]: dialectError.duplicateOrder,
  [refusal.wouldMatch]: dialectError.wouldMatch,
  [refusal.unknownOrder]: dialectError.unknownOrder,
  [refusal.tooManyOpenOrders]: filterFailure("MAX_NUM_ORDERS"),
  [refusal.unsupportedOrder]: dialectError.unsupportedCombination,
  [refusal.newOrderNotAttempted]: dialectError.cancelReplaceFailed,
  [refusal.marketQuantityOutOfRange]: filterFailure("MARKET_LOT_SIZE"),
  [refusal.wouldTrigger]: dialectError.wouldTrigger,
  [refusal.selfTradeModeNotAllowed]: dialectError.preventionNotSupported,
  [refusal.priceFarFromMarket]: filterFailure("PERCENT_PRICE_BY_SIDE"),
  [refusal.tooManyAlgoOrders]: filterFailure("MAX_NUM_ALGO_ORDERS"),
  [refusal.tooManyIcebergParts]: filterFailure("ICEBERG_PARTS"),
  [refusal.trailingDeltaOutOfRange]: filterFailure("TRAILING_DELTA"),
  [refusal.positionTooLarge]: filterFailure("MAX_POSITION"),
  [refusal.tooManyOrderLists]: filterFailure("MAX_NUM_ORDER_LISTS"),
  [refusal.orderListShape]: dialectError.wrongListPrices,
  [refusal.duplicateListClientOrderId]: dialectError.duplicateOrder,
  [refusal.unknownOrderList]: dialectError.unknownOrderList,
  [refusal.amendNotSmaller]: dialectError.amendIncrease,
  [refusal.amendInList]: dialectError.amendInList,
  [refusal.expiryInThePast]: dialectError.expiryInThePast,
};
