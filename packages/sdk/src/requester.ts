import { EndpointBoard } from "./endpoint-board.ts";
import type { Sending } from "./endpoint-link.ts";
import { InputError, NotExecutedError, OutcomeUnknownError, RefusedError } from "./errors.ts";
import { type Answer, Exchange, type NoAnswer } from "./exchange.ts";
import { newIdempotencyKey } from "./idempotency-key.ts";
import type { ClientLimits } from "./limits.ts";
import { type Parameters, queryOf, signedQuery } from "./parameters.ts";
import { type Credentials, type Signer, signerOf } from "./signer.ts";
import { VenueClock } from "./venue-clock.ts";

/** How an answer came about. */
export type Facts = {
  /** Who answered, and who was asked first. */
  readonly endpoint: string;
  readonly firstEndpoint: string;
  /** How often the request was sent, the answered one included. */
  readonly attempts: number;
  /** The node's position in the venue's log when it answered. */
  readonly position: number;
  readonly idempotencyKey: string;
  readonly tookMs: number;
};

export type Options = {
  /** Of an earlier call of the same kind with the same parameters: it is done at most once. */
  readonly idempotencyKey?: string;
};

type Verb = "GET" | "POST" | "PUT" | "DELETE";

const headerValue = /^[\x21-\x7e]+$/;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Sends requests over the endpoints and turns their answers into results and errors. */
export class Requester {
  readonly clock: VenueClock = new VenueClock();
  readonly board: EndpointBoard;
  readonly limits: ClientLimits;
  readonly #signer: Signer | null;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #exchanges = new Set<Exchange>();
  /** The latest state that was seen: what is read later is no older. */
  #position = 0;
  #isClosed = false;

  constructor(
    endpoints: readonly string[],
    credentials: Credentials | null,
    region: string | undefined,
    limits: ClientLimits,
  ) {
    for (const value of [credentials?.apiKey, region]) {
      if (value !== undefined && !headerValue.test(value)) {
        throw new InputError(
          `${JSON.stringify(value)} is no API key or region: it has odd characters`,
        );
      }
    }
    this.limits = limits;
    this.#signer = credentials === null ? null : signerOf(credentials);
    this.#headers = {
      ...(credentials === null ? {} : { "X-MBX-APIKEY": credentials.apiKey }),
      ...(region === undefined ? {} : { "Halcyon-Region": region }),
    };
    this.board = new EndpointBoard(endpoints, limits, this.clock);
  }

  /** The latest position of the log that an answer has shown. */
  get position(): number {
    return this.#position;
  }

  /** Of a stream: what is read from now on is no older than it. */
  sawPosition(position: number): void {
    this.#position = Math.max(this.#position, position);
  }

  /** Reads what everybody may see. */
  async read<Result>(path: string, parameters: Parameters = {}): Promise<Result> {
    const query = queryOf(parameters);
    const target = query === "" ? path : `${path}?${query}`;
    const answer = await this.#run(() => ({ verb: "GET", target, headers: this.#readHeaders() }));
    if ("mayHaveRun" in answer) throw new NotExecutedError(answer.reason, answer.retryAfterMs);
    return this.#result(answer) as Result;
  }

  /** Reads what is the account's own. */
  async readOwn<Result>(path: string, parameters: Parameters = {}): Promise<Result> {
    await this.#untilTimeIsKnown();
    const answer = await this.#run(this.#signed("GET", path, queryOf(parameters), null));
    if ("mayHaveRun" in answer) throw new NotExecutedError(answer.reason, answer.retryAfterMs);
    return this.#result(answer) as Result;
  }

  /** Changes something, once. `parametersOf` gets the key, of which it may make names. */
  async change<Result>(
    verb: Verb,
    path: string,
    parametersOf: (idempotencyKey: string) => Parameters,
    options: Options,
  ): Promise<Result & { readonly facts: Facts }> {
    await this.#untilTimeIsKnown();
    const idempotencyKey = options.idempotencyKey ?? newIdempotencyKey(this.clock.nowMs());
    if (!uuid.test(idempotencyKey)) throw new InputError(`"${idempotencyKey}" is no UUID`);
    const parameters = parametersOf(idempotencyKey);
    const answer = await this.#run(this.#signed(verb, path, queryOf(parameters), idempotencyKey));
    if ("mayHaveRun" in answer) throw errorOf(answer, idempotencyKey, nameOf(parameters));
    const result = this.#result(answer) as Result;
    const { endpoint, firstEndpoint, attempts, tookMs } = answer;
    const position = positionOf(answer);
    return Object.assign(result as object, {
      facts: { endpoint, firstEndpoint, attempts, position, idempotencyKey, tookMs },
    }) as Result & { readonly facts: Facts };
  }

  /** Parameters of the WebSocket API with key, time and signature. */
  signedParameters(): Readonly<Record<string, string | number>> {
    const apiKey = this.#headers["X-MBX-APIKEY"] ?? "";
    const timestamp = Math.floor(this.clock.nowMs());
    const { recvWindowMs: recvWindow } = this.limits;
    const payload = `apiKey=${apiKey}&recvWindow=${recvWindow}&timestamp=${timestamp}`;
    return { apiKey, recvWindow, timestamp, signature: this.#signerOrThrow()(payload) };
  }

  close(): void {
    this.#isClosed = true;
    for (const exchange of [...this.#exchanges]) exchange.giveUp("the client was closed");
    this.board.close();
  }

  #readHeaders(): Readonly<Record<string, string>> {
    return this.#position === 0
      ? this.#headers
      : { ...this.#headers, "Halcyon-Position": String(this.#position) };
  }

  /** A function that signs a sending for its moment. */
  #signed(verb: Verb, path: string, query: string, idempotencyKey: string | null): () => Sending {
    const signer = this.#signerOrThrow();
    const { recvWindowMs } = this.limits;
    return () => ({
      verb,
      target: `${path}?${signedQuery(query, this.clock.nowMs(), recvWindowMs, signer)}`,
      headers:
        idempotencyKey === null
          ? this.#readHeaders()
          : { ...this.#headers, "Idempotency-Key": idempotencyKey },
    });
  }

  #untilTimeIsKnown(): Promise<void> | undefined {
    if (this.clock.isKnown) return undefined;
    return this.board.untilTimeIsKnown(this.limits.totalTimeoutMs);
  }

  #signerOrThrow(): Signer {
    if (this.#signer !== null) return this.#signer;
    throw new InputError("give createClient an apiKey and a secret: this request is signed");
  }

  #run(sign: () => Sending): Promise<Answer | NoAnswer> {
    if (this.#isClosed) throw new NotExecutedError("the client is closed");
    if (this.#exchanges.size >= this.limits.inFlightMax) {
      throw new NotExecutedError(`${this.limits.inFlightMax} requests wait for answers already`);
    }
    return new Promise((resolve) => {
      const exchange = new Exchange(this.board, this.limits, sign, (end) => {
        this.#exchanges.delete(exchange);
        resolve(end);
      });
      this.#exchanges.add(exchange);
    });
  }

  #result(answer: Answer): unknown {
    this.sawPosition(positionOf(answer));
    const { status, text } = answer;
    const body = parsed(text);
    if (status < 400) return body;
    const {
      code = 0,
      msg = text,
      data,
    } = (body ?? {}) as {
      code?: number;
      msg?: string;
      data?: unknown;
    };
    throw new RefusedError(status, code, `${msg} (${code})`, data);
  }
}

function positionOf({ headers }: Answer): number {
  const position = headers["halcyon-position"];
  return typeof position === "string" && /^\d{1,15}$/.test(position) ? Number(position) : 0;
}

/** Null for what is no JSON, as a proxy in between may answer. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function nameOf(parameters: Parameters): string | null {
  const name = parameters["newClientOrderId"] ?? parameters["listClientOrderId"];
  return typeof name === "string" ? name : null;
}

function errorOf(
  { reason, mayHaveRun, retryAfterMs }: NoAnswer,
  idempotencyKey: string,
  clientOrderId: string | null,
): Error {
  return mayHaveRun
    ? new OutcomeUnknownError(reason, idempotencyKey, clientOrderId)
    : new NotExecutedError(reason, retryAfterMs);
}
