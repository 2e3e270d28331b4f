/** The venue considered the request and said no: nothing was done, unless `data` says otherwise. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  /** HTTP status. */
  readonly status: number;
  /** The dialect's code, such as -2010. */
  readonly code: number;
  /** Of a cancel-replace that was half done (-2021): both parts, with what became of them. */
  readonly data: unknown;

  constructor(status: number, code: number, message: string, data?: unknown) {
    super(message);
    this.status = status;
    this.code = code;
    this.data = data;
  }
}

/** Surely nothing was done: no endpoint took the request on. It may be asked again, also as a new one. */
export class NotExecutedError extends Error {
  override readonly name = "NotExecutedError";
  /** How long the venue asks to wait; null where it did not say. */
  readonly retryAfterMs: number | null;

  constructor(reason: string, retryAfterMs: number | null = null) {
    super(`${reason}. Nothing was done: ask again later.`);
    this.retryAfterMs = retryAfterMs;
  }
}

/** It may have been done, or may still be: an endpoint got the request and its answer never came. */
export class OutcomeUnknownError extends Error {
  override readonly name = "OutcomeUnknownError";
  readonly idempotencyKey: string;
  readonly clientOrderId: string | null;

  constructor(reason: string, idempotencyKey: string, clientOrderId: string | null) {
    super(
      `${reason}. It may have been done: ask again with { idempotencyKey: "${idempotencyKey}" } and the same parameters, which does it at most once${clientOrderId === null ? "" : `, or query the order "${clientOrderId}"`}.`,
    );
    this.idempotencyKey = idempotencyKey;
    this.clientOrderId = clientOrderId;
  }
}

/** The program asked for something that cannot be meant: nothing was sent. */
export class InputError extends Error {
  override readonly name = "InputError";
}
