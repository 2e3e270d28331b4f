/** Times and bounds of a client. */
export type ClientLimits = {
  /** An attempt that has no answer for so long is sent to the next endpoint as well. */
  readonly hedgeAfterMs: number;
  /** When every endpoint was asked and none has answered for so long, connections are made anew. */
  readonly attemptTimeoutMs: number;
  /** From the call to its answer or error. */
  readonly totalTimeoutMs: number;
  /** How late a request may come to the venue: it is refused after that, not executed. */
  readonly recvWindowMs: number;
  /** How often a healthy endpoint is asked for its time, and one that failed. */
  readonly probeIntervalMs: number;
  readonly failedProbeIntervalMs: number;
  readonly probeTimeoutMs: number;
  /** Connections kept to each endpoint for requests. */
  readonly socketsMax: number;
  /** Requests that wait for an answer; beyond that they are not sent. */
  readonly inFlightMax: number;
  /** An answer longer than that is not read. */
  readonly answerBytesMax: number;
  /** How often a stream's connection is pinged, and how long it may say nothing before it is made anew. */
  readonly pingIntervalMs: number;
  readonly silenceMaxMs: number;
};

export const clientLimitsDefault: ClientLimits = {
  hedgeAfterMs: 150,
  attemptTimeoutMs: 2_000,
  totalTimeoutMs: 10_000,
  recvWindowMs: 5_000,
  probeIntervalMs: 1_000,
  failedProbeIntervalMs: 100,
  probeTimeoutMs: 1_000,
  socketsMax: 256,
  inFlightMax: 10_000,
  answerBytesMax: 32 << 20,
  pingIntervalMs: 500,
  silenceMaxMs: 1_500,
};
