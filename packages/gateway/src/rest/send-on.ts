import type { Replica } from "@halcyon/replica";
import type { RequestOrigin } from "./origin.ts";

/**
 * What an edge hears where another node may do better than this one: send it on, by the same id. It
 * is a status of its own because proxies can repeat a request for its answer's status and for nothing
 * else. Clients never see it: the last one that an edge gets becomes their 503.
 */
const sendOnStatus = 425;

/**
 * Whether a change is refused before it is tried: nothing comes back from the log, and to the edge no
 * node looks alive. Until then it waits, for a log that has lost its leader is back in a second.
 */
export function isHalted({ inPanic }: RequestOrigin, replica: Pick<Replica, "health">): boolean {
  return inPanic && replica.health().status === "log-silent";
}

/** What a refusal says about the request. */
export type Told = {
  /** See `Answer`. */
  readonly notExecuted?: "unfit" | "busy";
  readonly outcomeUnknown?: boolean;
};

/**
 * The status of a refusal. A node that is well and too busy is not passed over for another: all share
 * one log, and asking each of them is the storm that the refusal defends against. Where the node is not
 * ready, or it or the log stood still for a moment, being asked again is the wait that helps.
 */
export function refusalStatus(
  { viaEdge }: RequestOrigin,
  status: number,
  { notExecuted, outcomeUnknown }: Told,
  isWell: () => boolean,
): number {
  if (!viaEdge) return status;
  const isBusy = notExecuted === "busy" && !isWell();
  return notExecuted === "unfit" || isBusy || outcomeUnknown === true ? sendOnStatus : status;
}
