/** An answer that says no, in the dialect or as a problem of the admin API. */
export class ApiError extends Error {
  readonly status: number;
  /** The dialect's code, 0 where there is none. */
  readonly code: number;
  readonly retryAfterMs: number;

  constructor(status: number, code: number, message: string, retryAfterMs = 0) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

export const unknownOrder = -2011;
export const orderRejected = -2010;

export function retryAfterMs(header: string | null): number {
  const seconds = Number(header ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}
