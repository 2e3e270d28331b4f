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
  commandLengthWords,
  openBatch,
} from "./batch.ts";
export {
  accountFlag,
  beginCommand,
  type CancelOrder,
  type CommandType,
  type CreateAsset,
  type CreateKey,
  commandFlagRetry,
  commandHeaderWords,
  commandType,
  commandWordsMax,
  encodeCancelAll,
  encodeCancelOrder,
  encodeCancelReplace,
  encodeCreateAccount,
  encodeCreateAsset,
  encodeCreateKey,
  encodeCreateMarket,
  encodeDeposit,
  encodePlaceOrder,
  encodeReduceOrder,
  encodeRevokeKey,
  encodeSetAccountFees,
  encodeSetAccountFlags,
  encodeSetMarketFees,
  encodeSetMarketState,
  encodeTick,
  encodeWithdraw,
  endCommand,
  type KeyKind,
  keyKind,
  keyPermission,
  kindSide,
  kindTimeInForce,
  kindType,
  type MarketParameters,
  type MarketState,
  type MoneyTransfer,
  marketState,
  noRequestId,
  type OrderType,
  type Origin,
  orderType,
  type PlaceOrder,
  packOrderKind,
  type RequestId,
  type Side,
  side,
  type TimeInForce,
  timeInForce,
} from "./command.ts";
export {
  type CloseReason,
  closeReason,
  type EventType,
  eventLengthWords,
  eventType,
  eventTypeAt,
  type FillEvent,
  isRepeated,
  type MoneyMovedEvent,
  type OrderAcceptedEvent,
  type OrderClosedEvent,
  type OrderReducedEvent,
  type RefusedEvent,
  type RefusedStage,
  readEvent,
  readEvents,
  readMarketParameters,
  refusedStage,
  type VenueEvent,
} from "./event.ts";
export type { EventBuffer } from "./event-buffer.ts";
export { WordHash } from "./hash.ts";
export {
  type Key,
  type Keys,
  keyMaterialBytesMax,
  keyNameBytesMax,
  keysPerAccountMax,
} from "./keys.ts";
export { externalAccount, feeAccount } from "./ledger.ts";
export {
  checkMarketParameters,
  feePpmMax,
  type Market,
  type Markets,
  notionalMultiplier,
  openOrdersPerMarketMax,
  priceTicksLimit,
} from "./markets.ts";
export type { OpenOrder, PriceLevel } from "./open-orders.ts";
export { requestTimeMs } from "./outcomes.ts";
export { type Refusal, type RefusalName, refusal, refusalName } from "./refusal.ts";
export { SnapshotError } from "./snapshot.ts";
export { Venue } from "./venue.ts";
export { decodeUtf8, readI64, readU53, WordReader } from "./word-reader.ts";
export { encodeUtf8, WordWriter } from "./word-writer.ts";
