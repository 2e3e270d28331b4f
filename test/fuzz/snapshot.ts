import assert from "node:assert/strict";
import {
  encodeCancelAll,
  encodePlaceOrder,
  readEvents,
  SnapshotError,
  Venue,
  WordHash,
  type WordWriter,
} from "@halcyon/core";
import { Random } from "@halcyon/sim";
import { customers, marketCount, middleTicks, oneCommand } from "./command-forms.ts";
import { assertSameBytes, type Decoder, type Verdict } from "./decoder.ts";
import { applyCommands, preparedSnapshots } from "./prepared-venue.ts";
import { bytesOf, mutateWords, wordsOf } from "./word-mutation.ts";

export function snapshotDecoder(): Decoder {
  const snapshots = preparedSnapshots().map(wordsOf);
  return {
    name: "snapshot",
    unitBytes: 4,
    make: (random) => {
      const words = random.pick(snapshots);
      if (random.chance(0.01)) return bytesOf(words);
      const changed = mutateWords(random, words, random.pick(snapshots));
      const bytes = random.chance(0.97) ? sealed(changed) : bytesOf(changed);
      return random.chance(0.02) ? bytes.slice(0, random.below(bytes.length + 1)) : bytes;
    },
    mend: (bytes) => sealed(wordsOf(bytes)),
    check: checkSnapshot,
  };
}

function sealed(words: Int32Array): Uint8Array {
  const checksum = new WordHash();
  checksum.add(words, 4, words.length);
  if (words.length >= 4) words.set([checksum.a, checksum.b], 2);
  return bytesOf(words);
}

function checkSnapshot(bytes: Uint8Array): Verdict {
  let venue: Venue;
  try {
    venue = Venue.restore(bytes);
  } catch (error) {
    if (error instanceof SnapshotError) return "refused";
    throw error;
  }
  assertSameBytes(venue.save(), bytes, "the restored venue's snapshot");
  lookAtEverything(venue);
  for (const commands of flow) {
    applyCommands(venue, commands);
    readEvents(venue.events.words, 0, venue.events.length);
    assert.ok(venue.audit().balanced, "the books do not balance");
  }
  return restoresAgain(venue) ? "accepted" : "refused";
}

/**
 * False only where a mutated counter stood right at the bound of what restores, and went over it since:
 * a venue that counts a million a second gets there after 140 years.
 */
function restoresAgain(venue: Venue): boolean {
  try {
    Venue.restore(venue.save());
    return true;
  } catch (error) {
    if (!/beyond what can have been counted/.test(String(error))) throw error;
    return false;
  }
}

function lookAtEverything(venue: Venue): void {
  for (let account = 0; account < venue.accounts.count; account++) {
    for (const order of venue.openOrders(account)) {
      assert.deepEqual(venue.order(order.orderId), order);
      if (order.clientOrderId === "") continue;
      assert.deepEqual(venue.orderByClientId(account, order.clientOrderId), order);
    }
  }
  for (const { id } of venue.markets.all()) {
    for (const side of [0, 1] as const) {
      const levels = venue.levels(id, side, 1_000);
      assert.equal(levels[0]?.priceTicks ?? 0, venue.bestPrice(id, side));
      assert.equal(venue.order(venue.frontOrderId(id, side))?.priceTicks, levels[0]?.priceTicks);
    }
  }
}

/** What goes on after a restore: commands of all types, a sweep of every book, and all orders cancelled. */
const flow: readonly (readonly ((w: WordWriter) => void)[])[] = [
  commandsOfAllTypes(30),
  [0, 1].flatMap((side) =>
    Array.from({ length: marketCount }, (_, market) => (w: WordWriter) => {
      const order = {
        market,
        side: side as 0 | 1,
        type: 0,
        timeInForce: 1,
        quoteUnits: 0,
      } as const;
      const priceTicks = side === 0 ? 4 * middleTicks : 1;
      const rest = { account: 4, priceTicks, quantityLots: 100, clientOrderId: "" };
      encodePlaceOrder(w, {}, { ...order, ...rest });
    }),
  ),
  customers.map((account) => (w: WordWriter) => encodeCancelAll(w, {}, { account, market: -1 })),
];

function commandsOfAllTypes(count: number): ((w: WordWriter) => void)[] {
  const random = new Random(3, "after a restore");
  return Array.from({ length: count }, () => oneCommand(random));
}
