import assert from "node:assert/strict";
import {
  type Batch,
  BatchBuilder,
  BatchError,
  commandHeaderWords,
  commandLengthWords,
  isRepeated,
  type Origin,
  openBatch,
  readEvents,
  Venue,
  type VenueEvent,
  WordHash,
  WordReader,
  WordWriter,
} from "@halcyon/core";
import type { Random } from "@halcyon/sim";
import { commandForm, oneCommand, oneStrangeCommand } from "./command-forms.ts";
import { assertSameBytes, type Decoder, type Verdict } from "./decoder.ts";
import { preparedSnapshots } from "./prepared-venue.ts";
import { bytesOf, joined, mutateWords, wordsOf } from "./word-mutation.ts";

const headerWords = 16;
const at = { checksum: 2, length: 4, count: 11 } as const;

export function batchDecoder(): Decoder {
  const snapshots = preparedSnapshots();
  const venues = snapshots.map((snapshot) => Venue.restore(snapshot));
  return {
    name: "batch",
    unitBytes: 4,
    make: makeBatch,
    mend: (bytes) => mended(wordsOf(bytes)),
    check: (bytes) => {
      // Which venue a batch meets follows from the batch, so that it meets the same one again.
      const index = (bytes.length >>> 2) % venues.length;
      const verdict = checkBatch(venues[index]!, bytes);
      if (verdict === "accepted") venues[index] = Venue.restore(snapshots[index]!);
      return verdict;
    },
  };
}

function makeBatch(random: Random): Uint8Array {
  const commands = Array.from({ length: random.pick([0, 1, 1, 1, 2, 3, 8]) }, () => {
    const words = encoded((random.chance(0.05) ? oneStrangeCommand : oneCommand)(random));
    return random.chance(0.5) ? mutatedCommand(random, words) : words;
  });
  const header = wordsOf(
    new BatchBuilder().finish({
      nodeId: random.below(4),
      incarnation: 7,
      sequence: random.below(100),
      timeMs: 1_700_000_000_000 + random.between(-20_000, 20_000),
      claim: random.chance(0.3)
        ? { position: 1 + random.below(9), hash: [random.word(), 1] }
        : null,
    }),
  );
  let words = joined(header, ...commands);
  words[at.count] = commands.length;
  words[at.length] = words.length;
  if (random.chance(0.1)) words = mutateWords(random, words, header);
  const bytes = random.chance(0.95) ? sealed(words) : bytesOf(words);
  return random.chance(0.03) ? bytes.slice(0, random.below(bytes.length + 1)) : bytes;
}

function encoded(write: (w: WordWriter) => void): Int32Array {
  const writer = new WordWriter(64);
  write(writer);
  return writer.toWords();
}

/** Mostly with its length put right, so that the fields after the change are looked at too. */
function mutatedCommand(random: Random, words: Int32Array): Int32Array {
  const changed = mutateWords(random, words, encoded(oneCommand(random)));
  if (changed.length > 0 && random.chance(0.9)) {
    changed[0] = (changed[0]! & 0xffff) | (changed.length << 16);
  }
  return changed;
}

/** The bytes with the checksum that goes with them. */
function sealed(words: Int32Array): Uint8Array {
  if (words.length < at.length) return bytesOf(words);
  const checksum = new WordHash();
  checksum.add(words, 4, words.length);
  words.set([checksum.a, checksum.b], at.checksum);
  return bytesOf(words);
}

function mended(words: Int32Array): Uint8Array {
  if (words.length < headerWords) return bytesOf(words);
  words[at.length] = words.length;
  let count = 0;
  for (let from = headerWords; from < words.length; count++) {
    const length = commandLengthWords(words, from);
    if (length === 0) break;
    from += length;
  }
  words[at.count] = count;
  return sealed(words);
}

function checkBatch(venue: Venue, bytes: Uint8Array): Verdict {
  const before = [...venue.hash, venue.position];
  const batch = opened(bytes);
  if (batch === null) {
    assert.throws(() => venue.applyBatch(bytes, venue.position + 1), BatchError);
    assert.deepEqual([...venue.hash, venue.position], before, "a refused batch changed something");
    return "refused";
  }
  assertSameBytes(rewritten(batch), bytes, "the batch written again");
  venue.beginBatch(batch, venue.position + 1);
  for (let from = batch.firstCommandAt; from < batch.end; ) {
    const start = venue.events.length;
    venue.applyCommand(batch.words, from);
    const { words, length } = venue.events;
    const events = readEvents(words, start, length);
    const isFirst = !isRepeated(words, start, length);
    if (isFirst && !events.some(isRefusal)) assertRewritten(batch.words, from);
    from += commandLengthWords(batch.words, from);
  }
  venue.endBatch();
  assert.ok(venue.audit().balanced, "the books do not balance");
  // The state is sound enough for a snapshot. Looked at now and then: it takes longer than all else.
  if (bytes[at.checksum * 4]! % 4 === 0) {
    const saved = venue.save();
    assertSameBytes(
      Venue.restore(saved).save(),
      saved,
      "the venue saved, restored and saved again",
    );
  }
  return "accepted";
}

function opened(bytes: Uint8Array): Batch | null {
  try {
    return openBatch(bytes);
  } catch (error) {
    if (error instanceof BatchError) return null;
    throw error;
  }
}

function rewritten(batch: Batch): Uint8Array {
  const builder = new BatchBuilder();
  for (let from = batch.firstCommandAt; from < batch.end; ) {
    const end = from + commandLengthWords(batch.words, from);
    builder.add((w) => {
      for (let i = from; i < end; i++) w.i32(batch.words[i]!);
    });
    from = end;
  }
  assert.equal(builder.commandCount, batch.commandCount);
  return builder.finish(batch.header);
}

function isRefusal({ type }: VenueEvent): boolean {
  return type === "refused" || type === "transferRefused";
}

/** A command that did something says the same when it is read field by field and written by its encoder. */
function assertRewritten(words: Int32Array, from: number): void {
  const form = commandForm(words[from]! & 0xff);
  const end = from + commandLengthWords(words, from);
  const reader = new WordReader(words, from + commandHeaderWords, end);
  const write = form.reread(reader);
  const what = `command type ${words[from]! & 0xff}`;
  assert.ok(reader.ok && reader.at === end, `${what} was accepted, but is not a whole one`);
  const id = words.subarray(from + 1, from + commandHeaderWords);
  const requestId = [id[0]!, id[1]!, id[2]!, id[3]!] as const;
  const origin: Origin = { requestId, retry: ((words[from]! >> 8) & 1) === 1 };
  const again = encoded((w) => write(w, origin));
  assertSameBytes(bytesOf(again), bytesOf(words.subarray(from, end)), `${what}, written again,`);
}
