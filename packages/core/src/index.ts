export type { OpenOrder, PriceLevel } from "./books/open-orders.ts";
export {
  type Batch,
  BatchBuilder,
  BatchError,
  type BatchHeader,
  batchBytesMax,
  openBatch,
} from "./bytes/batch.ts";
export { WordHash } from "./bytes/hash.ts";
export { decodeUtf8, readI64, readU53, WordReader } from "./bytes/word-reader.ts";
export { encodeUtf8, WordWriter } from "./bytes/word-writer.ts";
export {
  accountFlag,
  beginFrom,
  type CommandType,
  type Contingency,
  commandFlagRetry,
  commandHeaderWords,
  commandLengthWords,
  commandType,
  commandWordsMax,
  contingency,
  encodeTick,
  endCommand,
  type KeyKind,
  keyKind,
  keyPermission,
  type MarketState,
  marketState,
  noRequestId,
  type OrderType,
  type Origin,
  orderType,
  type RequestId,
  type SelfTradeMode,
  type Side,
  selfTradeMode,
  side,
  type TimeInForce,
  timeInForce,
} from "./commands/command.ts";
export {
  encodeDeposit,
  encodeTransfers,
  encodeWithdraw,
  type MoneyTransfer,
  type TransferId,
  type TransferKind,
  type TransferOrder,
  transferKind,
  transfersPerCommandMax,
} from "./commands/money-command.ts";
export {
  type AmendOrder,
  type CancelOrder,
  encodeAmendOrder,
  encodeCancelAll,
  encodeCancelOrder,
  encodeCancelOrderList,
  encodeCancelReplace,
  encodePlaceOrder,
  encodePlaceOrderList,
  encodeReduceOrder,
  kindBits,
  kindHasTerms,
  kindSelfTradeMode,
  kindSide,
  kindTimeInForce,
  kindType,
  type OrderTerms,
  type PlaceOrder,
  type PlaceOrderList,
  packOrderKind,
} from "./commands/order-command.ts";
export {
  encodeSetPerson,
  encodeSetSession,
  type SetPerson,
  type SetSession,
} from "./commands/people-command.ts";
export {
  type CreateAsset,
  type CreateKey,
  encodeCreateAccount,
  encodeCreateAsset,
  encodeCreateKey,
  encodeCreateMarket,
  encodeRevokeKey,
  encodeSetAccountFees,
  encodeSetAccountFlags,
  encodeSetAccountTier,
  encodeSetFeeTier,
  encodeSetMarketFees,
  encodeSetMarketRules,
  encodeSetMarketState,
  encodeSetRulesVersion,
  type MarketParameters,
  type MarketRules,
} from "./commands/registry-command.ts";
export {
  type EventType,
  eventLengthWords,
  eventType,
  eventTypeAt,
  type RefusedStage,
  refusedStage,
} from "./events/event.ts";
export type { EventBuffer } from "./events/event-buffer.ts";
export {
  type MoneyEvent,
  type MoneyMovedEvent,
  type Movement,
  movement,
  type TransferRefusedEvent,
  type TransferredEvent,
} from "./events/money-event.ts";
export {
  type AcceptedTerms,
  type Activation,
  activation,
  type CloseReason,
  closeReason,
  type FillEvent,
  type ListClosedEvent,
  type ListOpenedEvent,
  type OrderAcceptedEvent,
  type OrderActivatedEvent,
  type OrderAmendedEvent,
  type OrderClosedEvent,
  type OrderEvent,
  type OrderReducedEvent,
  type TouchedLevel,
  type TradePreventedEvent,
  touchedLevels,
} from "./events/order-event.ts";
export {
  acceptedField,
  closeReasonAt,
  fillField,
  fillTakerSide,
  orderField,
  preventedField,
} from "./events/order-event-fields.ts";
export type { PeopleEvent } from "./events/people-event.ts";
export {
  type MarketStateCause,
  marketStateCause,
  type RegistryEvent,
  readMarketParameters,
  readMarketRules,
} from "./events/registry-event.ts";
export {
  isRepeated,
  type RefusedEvent,
  readEvent,
  readEvents,
  type VenueEvent,
} from "./events/venue-event.ts";
export { amountMax, feeOf, floorDivide } from "./money/amount.ts";
export type { AssetAudit, AuditReport } from "./money/audit.ts";
export type { HoldRecord } from "./money/hold-record.ts";
export { externalAccount, feeAccount } from "./money/ledger.ts";
export { requestTimeMs } from "./outcomes.ts";
export { type Refusal, type RefusalName, refusal, refusalName } from "./refusal.ts";
export { type Accounts, accountsMax } from "./registry/accounts.ts";
export { type Asset, type Assets, assetDecimalsMax, isAssetCode } from "./registry/assets.ts";
export {
  type Key,
  type Keys,
  keyMaterialBytesMax,
  keyNameBytesMax,
  keysPerAccountMax,
} from "./registry/keys.ts";
export { marketRulesDefault } from "./registry/market-rules.ts";
export {
  checkMarketParameters,
  feePpmMax,
  feeTiersMax,
  type Market,
  type Markets,
  notionalMultiplier,
  openOrdersPerMarketMax,
  priceTicksLimit,
} from "./registry/markets.ts";
export {
  isPersonName,
  isSessionId,
  type People,
  type Person,
  type PersonRole,
  peopleMax,
  personRole,
  type Session,
  sessionAddressBytesMax,
  sessionAgentBytesMax,
  sessionsPerPersonMax,
} from "./registry/people.ts";
export { type Rules, rulesVersionMax } from "./registry/rules-version.ts";
export { SnapshotError } from "./snapshot/snapshot.ts";
export { Venue } from "./venue.ts";
