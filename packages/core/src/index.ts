export { accountsMax, type Accounts } from "./accounts.ts";
export { type Asset, assetDecimalsMax, type Assets, isAssetCode } from "./assets.ts";
export { amountMax, feeOf, floorDivide } from "./amount.ts";
export type { AssetAudit, AuditReport } from "./audit.ts";
export {
  type Batch,
  BatchBuilder,
  BatchError,
  batchBytesMax,
  type BatchHeader,
  commandLengthWords,
  openBatch,
} from "./batch.ts";
export * from "./command.ts";
export * from "./event.ts";
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
