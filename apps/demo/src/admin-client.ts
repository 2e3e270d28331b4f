import { ApiError, retryAfterMs } from "./api-error.ts";

const timeoutMs = 5_000;

/** The admin API, for what a demo needs before it can trade. */
export class AdminClient {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = `${url}/admin/v1`;
    this.#token = token;
  }

  get(path: string): Promise<unknown> {
    return this.#request("GET", path, {});
  }

  /** Repeated with the same idempotency key, it is done once. */
  post(path: string, body: object, idempotencyKey: string): Promise<unknown> {
    return this.#request("POST", path, {
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
    });
  }

  delete(path: string): Promise<unknown> {
    return this.#request("DELETE", path, {});
  }

  async #request(
    method: string,
    path: string,
    init: { body?: string; headers?: Record<string, string> },
  ): Promise<unknown> {
    const response = await fetch(this.#url + path, {
      ...init,
      method,
      headers: { ...init.headers, authorization: `Bearer ${this.#token}` },
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body = (await response.json()) as { title?: string; detail?: string };
    if (response.ok) return body;
    const waitMs = retryAfterMs(response.headers.get("retry-after"));
    throw new ApiError(response.status, 0, `${body.title}: ${body.detail}`, waitMs);
  }
}
