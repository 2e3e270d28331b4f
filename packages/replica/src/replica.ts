import type { Venue } from "@halcyon/core";
import type { Encode } from "./lanes.ts";
import type { Lane, Outcome } from "./outcome.ts";
import type { Projection } from "./projection.ts";
import type { ReplicaHealth } from "./replica-stats.ts";

/** What those need who answer requests from this node's state. */
export interface Replica {
  /** From the start on; read it anew each time. */
  readonly venue: Venue;
  readonly nodeName: string;
  /** Of the last batch applied; 0 when nothing was. */
  readonly position: number;
  /** Whether this node should get traffic, and if not, why. */
  health(): ReplicaHealth;
  /** `encode` writes exactly one command. Rejects only for a bug of the encoder. */
  submit(lane: Lane, encode: Encode): Promise<Outcome>;
  /** True once the position is applied here; false when that took too long. */
  waitFor(position: number, timeoutMs: number): Promise<boolean>;
  /** Before the start only. */
  addProjection(projection: Projection): void;
}
