// npm run history -- VERSION: keeps logs and snapshots of this version for those to come.
// The logs are the simulation's, as many seeds as it takes until every kind of command was accepted
// and every kind of event came up. To be run once for each version that is tagged.
import {
  commandLengthWords,
  commandType,
  eventLengthWords,
  eventType,
  eventTypeAt,
  openBatch,
  Venue,
} from "@halcyon/core";
import { simulate } from "@halcyon/sim";
import { type HistoryLog, writeHistory } from "./fixture.ts";

const seedsMax = 300;
const snapshotsPerLog = 3;

/** Names of what a log brings up. */
function coverage(batches: readonly Uint8Array[]): Set<string> {
  const seen = new Set<string>();
  const venue = Venue.create();
  for (const bytes of batches) {
    const batch = openBatch(bytes);
    for (let at = batch.firstCommandAt; at < batch.end; ) {
      seen.add(`command ${batch.words[at]! & 0xff}`);
      at += commandLengthWords(batch.words, at);
    }
    venue.applyBatch(bytes, venue.position + 1);
    const { words, length } = venue.events;
    for (let at = 0; at < length; ) {
      const type = eventTypeAt(words, at);
      seen.add(`event ${type}`);
      // What a repeated outcome nests follows it.
      at += type === eventType.repeated ? 1 : eventLengthWords(words, at);
    }
  }
  return seen;
}

function keep(name: string, batches: readonly Uint8Array[]): HistoryLog {
  const venue = Venue.create();
  const snapshots = new Map<number, Uint8Array>();
  const hashes = new Map<number, string>();
  const every = Math.ceil(batches.length / (snapshotsPerLog + 1));
  for (const batch of batches) {
    venue.applyBatch(batch, venue.position + 1);
    const isLast = venue.position === batches.length;
    if (venue.position % every === 0 && !isLast) snapshots.set(venue.position, venue.save());
    if (snapshots.has(venue.position) || isLast) hashes.set(venue.position, venue.hash.join(" "));
  }
  return { name, batches, snapshots, hashes };
}

const wanted = new Set([
  ...Object.values(commandType).map((type) => `command ${type}`),
  ...Object.values(eventType).map((type) => `event ${type}`),
]);
const [version] = process.argv.slice(2);
if (version === undefined || !/^\d+\.\d+\.\d+$/.test(version)) {
  process.stderr.write("npm run history -- VERSION, for example 0.2.0\n");
  process.exit(2);
}
const logs: HistoryLog[] = [];
for (let seed = 1; seed <= seedsMax && wanted.size > 0; seed++) {
  const { record } = await simulate({ seed });
  const batches = record.log.map(({ bytes }) => bytes);
  const before = wanted.size;
  for (const name of coverage(batches)) wanted.delete(name);
  if (wanted.size < before) logs.push(keep(`seed-${seed}`, batches));
}
if (wanted.size > 0) {
  process.stderr.write(
    `${seedsMax} seeds have no ${[...wanted].join(", no ")}: extend the load.\n`,
  );
  process.exit(1);
}
process.stdout.write(`${logs.length} logs in ${writeHistory(version, logs)}\n`);
