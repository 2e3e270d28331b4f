/** Reads a log environment as its own process: `node verify-child.ts PATH tail|everything`. */
import { writeSync } from "node:fs";
import { decodeEntry, decodeKey, encodeKey, tornError } from "./entry-format.ts";
import {
  asLogError,
  type Environment,
  openEnvironment,
  readHead,
  readMarker,
  readUsage,
} from "./environment.ts";
import { type CheckReport, OPENED } from "./verify.ts";

const TAIL_ENTRIES = 256;
const TAIL_BYTES = 64 * 1024 * 1024;

/** One turn of the event loop, so that all of it reads one snapshot. */
function check(environment: Environment, everything: boolean): void {
  const { records } = readUsage(environment);
  const marker = readMarker(environment);
  if (marker === null) {
    // Made, but its first writer died before the marker was written: nothing was ever appended.
    if (records === 0) return;
    throw tornError(
      `the folder holds an LMDB environment with ${records} records of something else`,
    );
  }
  const head = readHead(environment);
  // A native walk over every tree page, in order.
  const walked = environment.getKeysCount({});
  const kept = head === 0 ? 0 : head - marker + 1;
  if (records !== kept + 1 || walked !== records) {
    throw tornError(
      `positions ${marker} to ${head} should be there without a gap, which is ${kept} entries, but ${records - 1} are recorded and ${walked - 1} found`,
    );
  }
  if (kept > 0) checkFirst(environment, marker);
  checkEntries(environment, marker, head, everything);
}

function checkFirst(environment: Environment, first: number): void {
  for (const key of environment.getKeys({ start: encodeKey(1), limit: 1 })) {
    if (decodeKey(key) !== first) {
      throw tornError(`it starts at position ${decodeKey(key)}, its marker says ${first}`);
    }
  }
}

function checkEntries(
  environment: Environment,
  first: number,
  head: number,
  everything: boolean,
): void {
  let bytes = 0;
  for (let position = head; position >= first && position > 0; position -= 1) {
    if (!everything && (head - position >= TAIL_ENTRIES || bytes >= TAIL_BYTES)) return;
    const value = environment.getBinary(encodeKey(position));
    if (value === undefined) throw tornError(`entry ${position} is missing`);
    bytes += decodeEntry(value, position).byteLength;
  }
}

function report(path: string, everything: boolean): CheckReport {
  try {
    const environment = openEnvironment(path);
    writeSync(1, OPENED);
    check(environment, everything);
    return { code: null, message: "" };
  } catch (error) {
    const refusal = asLogError(error, "read the log");
    return { code: refusal.code, message: refusal.message };
  }
}

const [path = "", extent] = process.argv.slice(2);
writeSync(1, JSON.stringify(report(path, extent === "everything")));
