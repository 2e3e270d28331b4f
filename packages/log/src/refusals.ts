import { BATCH_BYTES_MAX, LogError, type LogPoint } from "./port.ts";

export function closedError(): LogError {
  return new LogError("closed", "This log was closed. Open it again to use it.");
}

export function tooLargeError(bytes: number): LogError {
  return new LogError(
    "too-large",
    `A batch may have ${BATCH_BYTES_MAX} bytes, this one has ${bytes}. Split it into smaller batches.`,
  );
}

export function busyError(inFlight: number): LogError {
  return new LogError(
    "busy",
    `${inFlight} appends are in flight and as many as may wait are waiting. Append fewer, larger batches, and wait for their acknowledgements.`,
  );
}

export function trimmedError(next: number, first: number): LogError {
  return new LogError(
    "trimmed",
    `Entry ${next} was trimmed; the log starts at ${first}. Restore a snapshot at position ${first - 1} or later and read on from there.`,
  );
}

export function divergedError(after: LogPoint, head: number): LogError {
  return new LogError(
    "diverged",
    `The reader is at position ${after.position}, but the log ends at ${head}: this log lost entries or is not the one the reader followed. Put the right log back, or start from a snapshot taken of this log.`,
  );
}

/** Positions come from callers and from snapshots: refuse what cannot be one before it is used. */
export function assertPosition(position: number, least: number): void {
  if (!Number.isSafeInteger(position) || position < least) {
    throw new RangeError(`A log position is an integer from ${least}, not ${position}.`);
  }
}
