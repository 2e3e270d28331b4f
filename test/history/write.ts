// npm run history -- VERSION: keeps logs and snapshots of this version for those to come.
// The logs are the simulation's, as many seeds as it takes until every kind of command was accepted
// and every kind of event came up. To be run once for each version that is tagged.
import {
  BatchBuilder,
  commandLengthWords,
  commandType,
  encodeCreateAccount,
  encodeCreateKey,
  encodeRevokeKey,
  encodeSetPerson,
  encodeSetRulesVersion,
  encodeSetSession,
  encodeTick,
  eventLengthWords,
  eventType,
  eventTypeAt,
  keyKind,
  keyPermission,
  openBatch,
  personRole,
  rulesVersionMax,
  Venue,
  type WordWriter,
} from "@halcyon/core";
import { simulate } from "@halcyon/sim";
import { type HistoryLog, writeHistory } from "./fixture.ts";

const seedsMax = 60;
const snapshotsPerLog = 3;
const beganMs = 1_700_000_000_000;

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

/** What the simulation's load does not send: time alone, keys, and people. */
function keysPeopleAndTicks(): Uint8Array[] {
  const key = {
    account: 2,
    kind: keyKind.ed25519,
    permissions: keyPermission.read | keyPermission.trade,
    name: "robot",
    label: "the robot's",
    material: Uint8Array.of(1, 2, 3, 4),
    allowedAddresses: "127.0.0.1",
  };
  const person = {
    ...{ name: "ann", revision: 0, role: personRole.trader, account: 2 },
    ...{ password: Uint8Array.of(1, 2), secondFactor: new Uint8Array(0), keepSession: "" },
  };
  const session = {
    ...{ person: "ann", revision: 1, id: "session-of-ann-01", expiresAtMs: beganMs + 3_600_000 },
    ...{ elevatedUntilMs: 0, factorStep: 0, address: "203.0.113.7", agent: "a browser" },
  };
  const commands: ((w: WordWriter) => void)[] = [
    (w) => encodeSetRulesVersion(w, {}, { version: rulesVersionMax }),
    (w) => encodeCreateAccount(w, {}, { label: "a customer" }),
    (w) => encodeCreateKey(w, {}, key),
    (w) => encodeCreateKey(w, {}, { ...key, name: "another" }),
    (w) => encodeRevokeKey(w, {}, { name: "robot" }),
    (w) => encodeSetPerson(w, {}, person),
    (w) => encodeSetSession(w, {}, session),
    (w) => encodeSetSession(w, {}, { ...session, id: "session-of-ann-02", factorStep: 7 }),
    (w) => encodeSetPerson(w, {}, { ...person, revision: 1, keepSession: session.id }),
    (w) => encodeSetPerson(w, {}, { ...person, name: "bob" }),
    (w) => encodeSetPerson(w, {}, { ...person, name: "bob", revision: 1, role: -1 }),
    (w) => encodeTick(w),
  ];
  return commands.map((encode, index) => {
    const builder = new BatchBuilder();
    builder.add(encode);
    const timeMs = beganMs + index * 1_000;
    return builder.finish({ nodeId: 0, incarnation: 1, sequence: index + 1, timeMs, claim: null });
  });
}

/** Kept in the memory of outcomes only: no command writes it. */
const neverWritten = new Set<number>([eventType.transfersKept]);
const wanted = new Set([
  ...Object.values(commandType).map((type) => `command ${type}`),
  ...Object.values(eventType)
    .filter((type) => !neverWritten.has(type))
    .map((type) => `event ${type}`),
]);
const [version] = process.argv.slice(2);
if (version === undefined || !/^\d+\.\d+\.\d+$/.test(version)) {
  process.stderr.write("npm run history -- VERSION, for example 0.2.0\n");
  process.exit(2);
}
const logs: HistoryLog[] = [];
const own = keysPeopleAndTicks();
for (const name of coverage(own)) wanted.delete(name);
logs.push(keep("keys-people-and-ticks", own));
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
