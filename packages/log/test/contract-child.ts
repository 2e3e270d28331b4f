/**
 * Another process on the log: `node contract-child.ts OPTIONS write WRITER COUNT IN_FLIGHT` appends
 * tagged batches and prints "SEQUENCE POSITION" for each acknowledgement; `... follow COUNT` prints
 * a hash over the first COUNT entries as they arrive.
 */
import { createHash } from "node:crypto";
import { writeSync } from "node:fs";
import { type LogOptions, openLog } from "@halcyon/log";
import { readSome, sizeOf, taggedBatch } from "./batches.ts";

const [options = "", mode, ...rest] = process.argv.slice(2);
const log = await openLog(JSON.parse(options) as LogOptions);

const nap = new Int32Array(new SharedArrayBuffer(4));

/** Synchronous, so that what was acknowledged is told even when the process dies next. */
function tell(text: string): void {
  for (let rest = Buffer.from(text); rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      // The pipe is full while its reader has no turn.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(nap, 0, 0, 1);
    }
  }
}

async function write(writer: number, count: number, inFlight: number): Promise<void> {
  let sequence = 0;
  const lane = async (): Promise<void> => {
    while (sequence < count) {
      const mine = sequence++;
      const position = await log.append(taggedBatch(writer, mine, sizeOf(mine)));
      tell(`${mine} ${position}\n`);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

async function follow(count: number): Promise<void> {
  tell("ready\n");
  const hash = createHash("sha256");
  for (const entry of await readSome(log, null, count)) {
    hash.update(`${entry.position}:${entry.batch.byteLength}:`).update(entry.batch);
  }
  tell(`${hash.digest("hex")}\n`);
}

const [first = 0, second = 0, third = 1] = rest.map(Number);
await (mode === "write" ? write(first, second, third) : follow(first));
await log.close();
