/**
 * The messages of etcd's published gRPC protocol (etcdserverpb, mvccpb) that a log needs, with the
 * fields that it needs. Field numbers are those of the protocol, the same from etcd 3.4 to 3.6.
 */
import { MessageReader, MessageWriter } from "./protobuf.ts";

/** A method and how its answer is read. */
export interface Method<T> {
  readonly path: string;
  readonly decode: (message: Uint8Array) => T;
}

/** One version of a key. */
export interface KeyVersion {
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  /** A view into the message it came in; empty when only keys were asked for. */
  readonly value: Uint8Array;
}

export interface RangeRequest {
  readonly key: Uint8Array;
  /** The key as it was at this revision; without it, as it is. */
  readonly revision?: number;
  readonly keysOnly?: boolean;
  /** Answered from what this member has, without asking a quorum. */
  readonly serializable?: boolean;
}

export interface RangeResponse {
  /** The newest revision of the store that answered. */
  readonly revision: number;
  readonly found: KeyVersion | null;
}

function rangeMessage(request: RangeRequest): MessageWriter {
  return new MessageWriter()
    .bytes(1, request.key)
    .varint(4, request.revision ?? 0)
    .varint(7, request.serializable ?? false)
    .varint(8, request.keysOnly ?? false);
}

export function encodeRange(request: RangeRequest): Buffer {
  return rangeMessage(request).finish();
}

function decodeRange(message: Uint8Array): RangeResponse {
  const reader = new MessageReader(message);
  let revision = 0;
  let found: KeyVersion | null = null;
  while (reader.next()) {
    if (reader.field === 1) revision = decodeHeader(reader.bytes()).revision;
    if (reader.field === 2) found = decodeKeyVersion(reader.bytes());
  }
  return { revision, found };
}

export const rangeMethod: Method<RangeResponse> = {
  path: "/etcdserverpb.KV/Range",
  decode: decodeRange,
};

function decodeHeader(header: Uint8Array): { memberId: number; revision: number } {
  const reader = new MessageReader(header);
  let [memberId, revision] = [0, 0];
  while (reader.next()) {
    if (reader.field === 2) memberId = reader.varint();
    if (reader.field === 3) revision = reader.varint();
  }
  return { memberId, revision };
}

function decodeKeyVersion(message: Uint8Array): KeyVersion {
  const reader = new MessageReader(message);
  let [createRevision, modRevision, version] = [0, 0, 0];
  let value = new Uint8Array(0);
  while (reader.next()) {
    if (reader.field === 2) createRevision = reader.varint();
    if (reader.field === 3) modRevision = reader.varint();
    if (reader.field === 4) version = reader.varint();
    if (reader.field === 5) value = reader.bytes() as Uint8Array<ArrayBuffer>;
  }
  return { createRevision, modRevision, version, value };
}

const EQUAL = 0;
const TARGET_VERSION = 0;

/** Holds where the key has exactly this version (0: it is not there). */
export function versionIs(key: Uint8Array, version: number): MessageWriter {
  const compare = new MessageWriter().varint(1, EQUAL).varint(2, TARGET_VERSION).bytes(3, key);
  return compare.varint(4, version);
}

export function rangeOperation(request: RangeRequest): MessageWriter {
  return new MessageWriter().message(1, rangeMessage(request));
}

export function putOperation(key: Uint8Array, value: Uint8Array): MessageWriter {
  return new MessageWriter().message(2, putMessage(key, value));
}

function putMessage(key: Uint8Array, value: Uint8Array): MessageWriter {
  return new MessageWriter().bytes(1, key).bytes(2, value);
}

/** The answer brings what the key was before. */
export function encodePut(key: Uint8Array, value: Uint8Array): Buffer {
  return putMessage(key, value).varint(4, true).finish();
}

export interface PutResponse {
  /** What the key was before; null when it was not there. */
  readonly previous: KeyVersion | null;
}

function decodePut(message: Uint8Array): PutResponse {
  const reader = new MessageReader(message);
  let previous: KeyVersion | null = null;
  while (reader.next()) if (reader.field === 2) previous = decodeKeyVersion(reader.bytes());
  return { previous };
}

export const putMethod: Method<PutResponse> = { path: "/etcdserverpb.KV/Put", decode: decodePut };

/** Operations carried out together, at one revision: which ones depends on the conditions. */
export interface Transaction {
  readonly conditions: readonly MessageWriter[];
  readonly ifSo: readonly MessageWriter[];
  readonly ifNot: readonly MessageWriter[];
}

export interface TransactionResponse {
  readonly succeeded: boolean;
  /** What each operation found; null for a put, and for a key that is not there. */
  readonly found: readonly (KeyVersion | null)[];
}

export function encodeTransaction(transaction: Transaction): Buffer {
  const message = new MessageWriter();
  for (const condition of transaction.conditions) message.message(1, condition);
  for (const operation of transaction.ifSo) message.message(2, operation);
  for (const operation of transaction.ifNot) message.message(3, operation);
  return message.finish();
}

function decodeTransaction(message: Uint8Array): TransactionResponse {
  const reader = new MessageReader(message);
  let succeeded = false;
  const found: (KeyVersion | null)[] = [];
  while (reader.next()) {
    if (reader.field === 2) succeeded = reader.varint() !== 0;
    if (reader.field === 3) found.push(decodeOperation(reader.bytes()));
  }
  return { succeeded, found };
}

function decodeOperation(message: Uint8Array): KeyVersion | null {
  const reader = new MessageReader(message);
  let found: KeyVersion | null = null;
  while (reader.next()) if (reader.field === 1) found = decodeRange(reader.bytes()).found;
  return found;
}

export const transactionMethod: Method<TransactionResponse> = {
  path: "/etcdserverpb.KV/Txn",
  decode: decodeTransaction,
};

export function encodeCompaction(revision: number): Buffer {
  return new MessageWriter().varint(1, revision).finish();
}

export const compactMethod: Method<void> = { path: "/etcdserverpb.KV/Compact", decode: () => {} };

/** Follows a key; long answers come in parts, each a message of its own. */
export function encodeWatch(key: Uint8Array, startRevision: number): Buffer {
  const create = new MessageWriter().bytes(1, key).varint(3, startRevision).varint(8, true);
  return new MessageWriter().message(1, create).finish();
}

export interface WatchEvent {
  readonly isDeletion: boolean;
  readonly entry: KeyVersion;
}

export interface WatchResponse {
  readonly canceled: boolean;
  readonly cancelReason: string;
  /** Not 0: what was asked for lies before this revision, which is the oldest kept. */
  readonly compactRevision: number;
  readonly events: readonly WatchEvent[];
}

function decodeWatch(message: Uint8Array): WatchResponse {
  const reader = new MessageReader(message);
  let [canceled, compactRevision, cancelReason] = [false, 0, ""];
  const events: WatchEvent[] = [];
  while (reader.next()) {
    if (reader.field === 4) canceled = reader.varint() !== 0;
    if (reader.field === 5) compactRevision = reader.varint();
    if (reader.field === 6) cancelReason = reader.text();
    if (reader.field === 11) events.push(decodeEvent(reader.bytes()));
  }
  return { canceled, cancelReason, compactRevision, events };
}

function decodeEvent(message: Uint8Array): WatchEvent {
  const reader = new MessageReader(message);
  let isDeletion = false;
  let entry: KeyVersion = { createRevision: 0, modRevision: 0, version: 0, value: message };
  while (reader.next()) {
    if (reader.field === 1) isDeletion = reader.varint() !== 0;
    if (reader.field === 2) entry = decodeKeyVersion(reader.bytes());
  }
  return { isDeletion, entry };
}

export const watchMethod: Method<WatchResponse> = {
  path: "/etcdserverpb.Watch/Watch",
  decode: decodeWatch,
};

export interface StatusResponse {
  readonly version: string;
  readonly databaseBytes: number;
  readonly databaseBytesInUse: number;
  readonly hasLeader: boolean;
  readonly isLeader: boolean;
  /** Alarms and a missing leader, in etcd's words. */
  readonly errors: readonly string[];
}

function decodeStatus(message: Uint8Array): StatusResponse {
  const reader = new MessageReader(message);
  let [version, memberId, leaderId] = ["", 0, 0];
  let [databaseBytes, databaseBytesInUse] = [0, 0];
  const errors: string[] = [];
  while (reader.next()) {
    if (reader.field === 1) memberId = decodeHeader(reader.bytes()).memberId;
    if (reader.field === 2) version = reader.text();
    if (reader.field === 3) databaseBytes = reader.varint();
    if (reader.field === 4) leaderId = reader.varint();
    if (reader.field === 8) errors.push(reader.text());
    if (reader.field === 9) databaseBytesInUse = reader.varint();
  }
  const hasLeader = leaderId !== 0;
  const isLeader = hasLeader && leaderId === memberId;
  return { version, databaseBytes, databaseBytesInUse, hasLeader, isLeader, errors };
}

export const statusMethod: Method<StatusResponse> = {
  path: "/etcdserverpb.Maintenance/Status",
  decode: decodeStatus,
};
