/** What became of one request, as the client that made it saw it. Times in microseconds of one clock. */
export type Operation = {
  /** Who asked: each finds out for itself what is dead. */
  readonly client: string;
  readonly kind: "place" | "cancel";
  /** The client order id that is placed, or that the cancel names. */
  readonly clientOrderId: string;
  readonly askedAtUs: number;
  readonly answeredAtUs: number;
  /**
   * `done`: acknowledged. `refused`: the venue's rules say no. `shed`: surely not executed, with a
   * time to wait. `failed`: everything else; it may have been executed.
   */
  readonly result: "done" | "refused" | "shed" | "failed";
  /** The dialect's code or the error's words, where it was not done. */
  readonly reason: string;
  readonly orderId: number;
  readonly status: string;
  readonly executed: string;
  /** How often it was sent, to whom at first, and who answered; empty where nobody did. */
  readonly attempts: number;
  readonly firstEndpoint: string;
  readonly endpoint: string;
};

/** The system's monotonic clock, the same for all processes of a machine. */
export function nowUs(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}
