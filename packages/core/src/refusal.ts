/**
 * Every way the core says no, by number. Numbers are never reused; ranges go by subject.
 * A refusal changes nothing. Each boundary maps all of them (`Record<Refusal, ...>`), so a new
 * one does not compile until every boundary knows what to tell its users.
 */
export const refusal = {
  // 1xx: the command itself
  malformedCommand: 101,
  requestTooOld: 102,
  /** The venue's rules do not know it yet: they are switched by command. */
  notInTheseRules: 103,
  rulesVersionNotHigher: 104,
  // 2xx: accounts and keys
  unknownAccount: 201,
  accountMayNotTrade: 202,
  accountMayNotWithdraw: 203,
  accountMayNotDeposit: 204,
  tooManyAccounts: 205,
  keyExists: 206,
  unknownKey: 207,
  tooManyKeys: 208,
  accountFrozen: 209,
  unknownPerson: 210,
  /** Since whoever changes it last looked: look again, then decide. */
  personChanged: 211,
  tooManyPeople: 212,
  unknownSession: 213,
  /** A one-time code is good for one sign-in. */
  codeUsed: 214,
  // 3xx: assets and markets
  unknownAsset: 301,
  assetExists: 302,
  unknownMarket: 303,
  marketExists: 304,
  marketParameters: 305,
  tooManyAssets: 306,
  tooManyMarkets: 307,
  marketNotTrading: 308,
  /** Only limit makers. */
  marketPostOnly: 309,
  /** Only orders that can rest. */
  marketInAuction: 310,
  // 4xx: money
  insufficientBalance: 401,
  amountNotPositive: 402,
  amountTooLarge: 403,
  feeTooHigh: 404,
  duplicateTransfer: 405,
  /** Under this id something else was booked. */
  transferIdReused: 406,
  /** A transfer with this id was refused, and stays so. */
  transferIdFailed: 407,
  /** Another one of its chain was refused. */
  linkedTransferFailed: 408,
  sameAccount: 409,
  unknownHold: 410,
  holdPosted: 411,
  holdVoided: 412,
  holdExpired: 413,
  exceedsHold: 414,
  tooManyHolds: 415,
  tooManyTransfers: 416,
  /** It may overdraw and has: the flag stays until it has paid back. */
  accountOverdrawn: 417,
  /** The post names another asset than its hold's. */
  holdOfOtherAsset: 418,
  // 5xx: orders
  priceOutOfRange: 501,
  quantityOutOfRange: 502,
  notionalTooSmall: 503,
  notionalTooLarge: 504,
  duplicateClientOrderId: 505,
  wouldMatch: 506,
  unknownOrder: 507,
  tooManyOpenOrders: 508,
  unsupportedOrder: 509,
  newOrderNotAttempted: 510,
  marketQuantityOutOfRange: 511,
  wouldTrigger: 512,
  selfTradeModeNotAllowed: 513,
  priceFarFromMarket: 514,
  tooManyAlgoOrders: 515,
  tooManyIcebergParts: 516,
  trailingDeltaOutOfRange: 517,
  positionTooLarge: 518,
  tooManyOrderLists: 519,
  orderListShape: 520,
  duplicateListClientOrderId: 521,
  unknownOrderList: 522,
  amendNotSmaller: 523,
  amendInList: 524,
  expiryInThePast: 525,
} as const;

export type RefusalName = keyof typeof refusal;
export type Refusal = (typeof refusal)[RefusalName];

const nameByCode = new Map<number, RefusalName>(
  Object.entries(refusal).map(([name, code]) => [code, name as RefusalName]),
);

/** The refusal's name for logs and messages; throws on a number that is none. */
export function refusalName(code: number): RefusalName {
  const name = nameByCode.get(code);
  if (name === undefined) throw new Error(`${code} is not a refusal of this core`);
  return name;
}
