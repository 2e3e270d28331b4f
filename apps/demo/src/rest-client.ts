import { ApiError, retryAfterMs } from "./api-error.ts";
import { type ApiKey, type Parameters, signedQuery } from "./signed.ts";

const timeoutMs = 5_000;

/** The trading API over REST, for one key. Answers as they are; refusals as ApiError. */
export class RestClient {
  readonly #url: string;
  readonly #key: ApiKey;

  constructor(url: string, key: ApiKey) {
    this.#url = url;
    this.#key = key;
  }

  async signed(verb: "GET" | "POST" | "DELETE", path: string, of: Parameters): Promise<unknown> {
    return request(`${this.#url}${path}?${signedQuery(of, this.#key)}`, {
      method: verb,
      headers: { "x-mbx-apikey": this.#key.name },
    });
  }

  async open(path: string, of: Record<string, string>): Promise<unknown> {
    return request(`${this.#url}${path}?${new URLSearchParams(of)}`, {});
  }
}

async function request(url: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });
  const body = (await response.json()) as { code?: number; msg?: string };
  if (response.ok) return body;
  const waitMs = retryAfterMs(response.headers.get("retry-after"));
  throw new ApiError(
    response.status,
    body.code ?? 0,
    body.msg ?? `HTTP ${response.status}`,
    waitMs,
  );
}
