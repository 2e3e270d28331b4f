/**
 * A writer process of the log benchmark: `node log-writer.ts SUBJECT FOLDER BYTES IN_FLIGHT COUNT
 * MS PACE_MS`. It says "ready", starts at the line "go" and prints a Round as JSON. With a pace it
 * appends one batch at a time, that often, each with the time it was begun at.
 */
import { createInterface } from "node:readline/promises";
import { setTimeout as delay } from "node:timers/promises";
import { halcyonSubject, lmdbSubject, type Round, runRound, type Subject } from "./log-subjects.ts";

const [name, folder = "", ...numbers] = process.argv.slice(2);
const [bytes = 0, inFlight = 1, count = 0, timeMs = 0, paceMs = 0] = numbers.map(Number);
const subject = await (name === "halcyon" ? halcyonSubject(folder) : lmdbSubject(folder));
await subject.append(new Uint8Array(16));

async function runPaced(paced: Subject): Promise<Round> {
  const latenciesMs: number[] = [];
  const batch = new Uint8Array(bytes);
  const view = new DataView(batch.buffer);
  for (let index = 0; index < count; index += 1) {
    const begun = process.hrtime.bigint();
    view.setBigUint64(0, begun, true);
    await paced.append(batch);
    latenciesMs.push(Number(process.hrtime.bigint() - begun) / 1e6);
    await delay(paceMs);
  }
  return { perSecond: 1000 / paceMs, latenciesMs };
}

const input = createInterface({ input: process.stdin });
process.stdout.write("ready\n");
await input[Symbol.asyncIterator]().next();
const round =
  paceMs > 0
    ? await runPaced(subject)
    : await runRound(subject, new Uint8Array(bytes).fill(7), inFlight, { count, timeMs });
process.stdout.write(`${JSON.stringify(round)}\n`);
input.close();
await subject.close();
