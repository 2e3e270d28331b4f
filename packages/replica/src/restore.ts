import { SnapshotError, Venue } from "@halcyon/core";
import type { CommandLog, LogPoint } from "@halcyon/log";
import type { Projections } from "./projection.ts";
import { type Snapshot, SnapshotFileError } from "./snapshot-file.ts";
import type { SnapshotReader } from "./snapshot-store.ts";

/** The snapshots and the log do not join up. Somebody has to look; the message says at what. */
export class RestoreError extends Error {
  override name = "RestoreError";
}

export type Restored = {
  readonly venue: Venue;
  /** What the state covers; null: nothing, it is a new venue. */
  readonly point: LogPoint | null;
};

export type RestoreOptions = {
  readonly log: Pick<CommandLog, "head" | "first">;
  readonly snapshots: SnapshotReader | null;
  readonly projections: Projections;
  /** A snapshot was passed over, or a projection begins empty: worth knowing, not worth stopping. */
  readonly onNotice: (message: string) => void;
};

/** State from the newest snapshot that is good, else from nothing; and the log must go on from there. */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const restored = (await fromNewestGood(options)) ?? { venue: Venue.create(), point: null };
  await checkJoin(options, restored.point);
  return restored;
}

async function fromNewestGood(options: RestoreOptions): Promise<Restored | null> {
  const { snapshots, projections, onNotice } = options;
  if (snapshots === null) return null;
  const empty = new Map(projections.all.map((projection) => [projection, projection.save()]));
  for (const position of await snapshots.positions()) {
    try {
      const snapshot = await snapshots.read(position);
      return fromSnapshot(snapshot, options);
    } catch (error) {
      const message = reasonNotUsable(error);
      if (message === null) throw error;
      onNotice(`snapshot ${position} is passed over: ${message}`);
      // Nothing of a snapshot that failed halfway may stay behind.
      for (const [projection, bytes] of empty) projection.restore(bytes);
    }
  }
  return null;
}

function fromSnapshot(snapshot: Snapshot, { projections, onNotice }: RestoreOptions): Restored {
  const { position, cursor } = snapshot;
  const venue = Venue.restore(snapshot.core);
  if (venue.position !== position) {
    const message = `it says position ${position}, its state ${venue.position}`;
    throw new SnapshotFileError("damaged", message);
  }
  for (const projection of projections.all) {
    const bytes = snapshot.projections.get(projection.name);
    if (bytes === undefined) {
      onNotice(`snapshot ${position} knows no ${projection.name}: that part begins empty`);
      continue;
    }
    try {
      projection.restore(bytes);
    } catch (error) {
      const message = `its part ${projection.name} cannot be restored: ${String(error)}`;
      throw new SnapshotFileError("damaged", message);
    }
  }
  return { venue, point: { position, cursor } };
}

/** Why another snapshot should be tried; null: this is no fault of the snapshot. */
function reasonNotUsable(error: unknown): string | null {
  if (error instanceof SnapshotFileError || error instanceof SnapshotError) return error.message;
  // The writer keeps the newest few; one that was listed may be gone by now.
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return "it is gone";
  if ((error as NodeJS.ErrnoException).code === "EIO") return "the disk cannot read it";
  return null;
}

async function checkJoin({ log, snapshots }: RestoreOptions, point: LogPoint | null) {
  const position = point?.position ?? 0;
  const first = await log.first();
  const head = (await log.head())?.position ?? 0;
  const where =
    snapshots === null ? "no snapshots are configured" : `snapshots: ${snapshots.folder}`;
  if (first > position + 1) {
    throw new RestoreError(
      `The log was trimmed: its oldest entry is ${first}, and the newest usable snapshot covers ` +
        `${position} (${where}). Bring back a snapshot of position ${first - 1} or later.`,
    );
  }
  if (head < position) {
    throw new RestoreError(
      `The newest snapshot covers position ${position}, but the log ends at ${head} (${where}). ` +
        "They do not belong together: bring back the log that the snapshots were made from.",
    );
  }
}
