/**
 * What a node answers to an edge where another node may do better (it is behind, its clock is off, it
 * lost sight of the log): send the request on, by the same id. A status of its own, because HAProxy
 * can repeat a request for its answer's status and for nothing else.
 */
export const SEND_ON_STATUS = 425;

/** The status of a node's answer as clients see it, once there is no further node to ask. */
export function clientStatusOf(status: number): number {
  return status === SEND_ON_STATUS ? 503 : status;
}
