export { type Accounts, accountsMax } from "./accounts.ts";
export { amountMax, feeOf, floorDivide } from "./amount.ts";
export { type Asset, type Assets, assetDecimalsMax, isAssetCode } from "./assets.ts";
export type { AssetAudit, AuditReport } from "./audit.ts";
export {
  type Batch,
  BatchBuilder,
  BatchError,
  type BatchHeader,
  batchBytesMax,
  openBatch,
} from "./batch.ts";
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
} from "./command.ts";
export {
  type EventType,
  eventLengthWords,
  eventType,
  eventTypeAt,
  type RefusedStage,
  refusedStage,
} from "./event.ts";
export type { EventBuffer } from "./event-buffer.ts";
export { WordHash } from "./hash.ts";
export type { HoldRecord } from "./hold-record.ts";
export {
  type Key,
  type Keys,
  keyMaterialBytesMax,
  keyNameBytesMax,
  keysPerAccountMax,
} from "./keys.ts";
export { externalAccount, feeAccount } from "./ledger.ts";
export { marketRulesDefault } from "./market-rules.ts";
export {
  checkMarketParameters,
  feePpmMax,
  feeTiersMax,
  type Market,
  type Markets,
  notionalMultiplier,
  openOrdersPerMarketMax,
  priceTicksLimit,
} from "./markets.ts";
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
} from "./money-command.ts";
export {
  type MoneyEvent,
  type MoneyMovedEvent,
  type Movement,
  movement,
  type TransferRefusedEvent,
  type TransferredEvent,
} from "./money-event.ts";
export type { OpenOrder, PriceLevel } from "./open-orders.ts";
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
} from "./order-command.ts";
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
} from "./order-event.ts";
export { requestTimeMs } from "./outcomes.ts";
export { type Refusal, type RefusalName, refusal, refusalName } from "./refusal.ts";
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
} from "./registry-command.ts";
export {
  type MarketStateCause,
  marketStateCause,
  type RegistryEvent,
  readMarketParameters,
  readMarketRules,
} from "./registry-event.ts";
export { type Rules, rulesVersionMax } from "./rules-version.ts";
export { SnapshotError } from "./snapshot.ts";
export { Venue } from "./venue.ts";
export {
  isRepeated,
  type RefusedEvent,
  readEvent,
  readEvents,
  type VenueEvent,
} from "./venue-event.ts";
export { decodeUtf8, readI64, readU53, WordReader } from "./word-reader.ts";
export { encodeUtf8, WordWriter } from "./word-writer.ts";
