import {
  type CommandType,
  commandFlagRetry,
  commandHeaderWords,
  commandLengthWords,
  commandType,
  longCommandTypes,
} from "../commands/command.ts";
import { nodesMax, timeMsMax } from "../log-clock.ts";
import { rulesVersionMax } from "../registry/rules-version.ts";
import { WordHash } from "./hash.ts";
import { readU53 } from "./word-reader.ts";
import { WordWriter } from "./word-writer.ts";

/**
 * A batch: what one node puts into the log at once. 32-bit little-endian words:
 *
 *   0 magic · 1 format version · 2-3 checksum of all words from 4 on · 4 length in words ·
 *   5 node id · 6 incarnation · 7-8 sequence · 9-10 node time in ms · 11 command count ·
 *   12-13 position of the claim (0: none) · 14-15 hash of the claim · then the commands
 */
const magic = 0x434c4148; // "HALC"
const formatVersion = 1;
const headerWords = 16;
export const batchBytesMax: number = 1 << 20;

export type BatchHeader = {
  readonly nodeId: number;
  /** Random at each start of a process: tells a node from its own past. */
  readonly incarnation: number;
  readonly sequence: number;
  readonly timeMs: number;
  /** What the writer's state hash was after it had applied a position; others compare. */
  readonly claim: { readonly position: number; readonly hash: readonly [number, number] } | null;
};

export type Batch = {
  readonly header: BatchHeader;
  readonly words: Int32Array;
  readonly commandCount: number;
  readonly firstCommandAt: number;
  readonly end: number;
};

export class BatchError extends Error {
  readonly code: "corrupt" | "unknown-version" | "unknown-command";
  constructor(code: BatchError["code"], message: string) {
    super(message);
    this.name = "BatchError";
    this.code = code;
  }
}

/** Collects encoded commands; `finish` gives the batch's bytes and empties it. */
export class BatchBuilder {
  private readonly writer = new WordWriter(1 << 12);
  private readonly starts: number[] = [];

  constructor() {
    this.reset();
  }

  get commandCount(): number {
    return this.starts.length;
  }

  get lengthBytes(): number {
    return this.writer.length * 4;
  }

  /** Adds one command; when `encode` throws, nothing is added. */
  add(encode: (writer: WordWriter) => void): void {
    const start = this.writer.length;
    try {
      encode(this.writer);
    } catch (error) {
      this.writer.length = start;
      throw error;
    }
    this.starts.push(start);
  }

  removeLast(): void {
    const start = this.starts.pop();
    if (start !== undefined) this.writer.length = start;
  }

  finish(header: BatchHeader): Uint8Array {
    const w = this.writer;
    const length = w.length;
    w.words[0] = magic;
    w.words[1] = formatVersion;
    w.length = 4;
    w.i32(length).i32(header.nodeId).i32(header.incarnation).u53(header.sequence);
    w.u53(header.timeMs).i32(this.starts.length);
    w.u53(header.claim?.position ?? 0);
    w.i32(header.claim?.hash[0] ?? 0).i32(header.claim?.hash[1] ?? 0);
    const checksum = new WordHash();
    checksum.add(w.words, 4, length);
    w.words[2] = checksum.a;
    w.words[3] = checksum.b;
    const words = w.words.slice(0, length);
    this.reset();
    return new Uint8Array(words.buffer);
  }

  private reset(): void {
    this.writer.length = headerWords;
    this.starts.length = 0;
  }
}

/** One bit per type; all are below 32. */
const bitsOf = (types: readonly CommandType[]) =>
  types.reduce((bits, type) => bits | (1 << type), 0);
const knownTypes = bitsOf(Object.values(commandType));
const longTypes = bitsOf(longCommandTypes);
const headerLength = commandHeaderWords;

/**
 * Checks a batch as a whole before anything of it is applied, also that it asks for no rules that the
 * program does not know: `rulesKnown` is for those who stand for an older program.
 */
export function openBatch(bytes: Uint8Array, rulesKnown: number = rulesVersionMax): Batch {
  if (bytes.length < headerWords * 4 || bytes.length % 4 !== 0 || bytes.length > batchBytesMax) {
    throw new BatchError("corrupt", `a batch of ${bytes.length} bytes is none`);
  }
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const words = new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
  if (words[0] !== magic) throw new BatchError("corrupt", "not a batch: the magic is missing");
  if (words[1] !== formatVersion) {
    throw new BatchError(
      "unknown-version",
      `batch format ${words[1]}: this version knows ${formatVersion}; run a newer one`,
    );
  }
  const checksum = new WordHash();
  checksum.add(words, 4, words.length);
  if (checksum.a !== words[2] || checksum.b !== words[3]) {
    throw new BatchError("corrupt", "the batch's checksum does not fit its content");
  }
  const header = readHeader(words);
  if (words[4] !== words.length || !isSound(header, words)) {
    throw new BatchError("corrupt", "the batch's header is wrong");
  }
  checkCommands(words, rulesKnown);
  return {
    header,
    words,
    commandCount: words[11]!,
    firstCommandAt: headerWords,
    end: words.length,
  };
}

function readHeader(words: Int32Array): BatchHeader {
  const claimPosition = readU53(words, 12);
  return {
    nodeId: words[5]!,
    incarnation: words[6]!,
    sequence: readU53(words, 7),
    timeMs: readU53(words, 9),
    claim:
      claimPosition === 0
        ? null
        : { position: claimPosition, hash: [words[14]!, words[15]!] as const },
  };
}

/** What this header says can be said, and in these words alone. */
function isSound(header: BatchHeader, words: Int32Array): boolean {
  const { nodeId, sequence, timeMs, claim } = header;
  const isClaim =
    claim === null ? (words[14]! | words[15]!) === 0 : Number.isSafeInteger(claim.position);
  const isNode = nodeId >= 0 && nodeId < nodesMax;
  return isNode && isClaim && Number.isSafeInteger(sequence) && timeMs <= timeMsMax;
}

function checkCommands(words: Int32Array, rulesKnown: number): void {
  let count = 0;
  let at = headerWords;
  while (at < words.length) {
    const short = words[at]! >>> 16;
    const reach = at + headerLength < words.length;
    const length = short !== 0 || !reach ? short : commandLengthWords(words, at);
    // A long command holds its own length too.
    if (length < headerLength + (short === 0 ? 1 : 0) || at + length > words.length) {
      throw new BatchError("corrupt", `command ${count} reaches beyond its batch`);
    }
    const type = words[at]! & 0xff;
    if (type > 31 || ((knownTypes >>> type) & 1) === 0) {
      throw new BatchError(
        "unknown-command",
        `command type ${type} is not known to this version; run a newer one`,
      );
    }
    if (((words[at]! >>> 8) & 0xff & ~commandFlagRetry) !== 0) {
      throw new BatchError(
        "unknown-command",
        `command ${count} is flagged in a way that is not known to this version; run a newer one`,
      );
    }
    if (short === 0 && ((longTypes >>> type) & 1) === 0) {
      throw new BatchError("corrupt", `command ${count} has its length in the wrong place`);
    }
    if (type === commandType.setRulesVersion && length > headerLength) {
      checkRulesVersion(words[at + headerLength]!, rulesKnown);
    }
    at += length;
    count++;
  }
  if (count !== words[11]) throw new BatchError("corrupt", "the batch's command count is wrong");
}

function checkRulesVersion(version: number, rulesKnown: number): void {
  if (version <= rulesKnown) return;
  throw new BatchError(
    "unknown-command",
    `rules version ${version} begins here, and this program knows ${rulesKnown} at most; run a newer one`,
  );
}
