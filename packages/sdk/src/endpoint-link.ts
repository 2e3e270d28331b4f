import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

/** One sending of a request to one endpoint. */
export type Sending = {
  readonly verb: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** `wasSent`: the endpoint may have got the request. */
export type SendingResult =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly text: string;
    }
  | { readonly kind: "lost"; readonly reason: string; readonly wasSent: boolean };

/** Codes of connections that were never made. */
const neverConnected = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
]);

/** Connections to one address, kept alive and used again. */
export class EndpointLink {
  readonly #url: URL;
  readonly #isTls: boolean;
  readonly #agent: HttpAgent;
  readonly #answerBytesMax: number;

  constructor(url: URL, socketsMax: number, answerBytesMax: number) {
    this.#url = url;
    this.#isTls = url.protocol === "https:";
    const options = { keepAlive: true, maxSockets: socketsMax, maxFreeSockets: socketsMax };
    this.#agent = this.#isTls ? new HttpsAgent(options) : new HttpAgent(options);
    this.#answerBytesMax = answerBytesMax;
  }

  /** Calls back exactly once, never at once; returns what abandons the sending, after which it does not. */
  send(sending: Sending, onResult: (result: SendingResult) => void): () => void {
    let isOver = false;
    const finish = (result: SendingResult): void => {
      if (isOver) return;
      isOver = true;
      onResult(result);
    };
    const outgoing = this.#request(sending);
    outgoing.on("response", (response) => readAnswer(response, this.#answerBytesMax, finish));
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      const code = error.code ?? "";
      const wasSent = !neverConnected.has(code) && error.syscall !== "connect";
      finish({ kind: "lost", reason: code || error.message, wasSent });
    });
    outgoing.end();
    return () => {
      isOver = true;
      outgoing.destroy();
    };
  }

  close(): void {
    this.#agent.destroy();
  }

  #request({ verb, target, headers }: Sending): ClientRequest {
    const { hostname, port, pathname } = this.#url;
    const prefix = pathname === "/" ? "" : pathname.replace(/\/$/, "");
    const options = {
      agent: this.#agent,
      // An IPv6 address stands in brackets in a URL only.
      host: hostname.replace(/^\[|\]$/g, ""),
      port: port === "" ? (this.#isTls ? 443 : 80) : Number(port),
      method: verb,
      path: prefix + target,
      headers,
    };
    return this.#isTls ? httpsRequest(options) : httpRequest(options);
  }
}

function readAnswer(
  response: IncomingMessage,
  bytesMax: number,
  finish: (result: SendingResult) => void,
): void {
  let text = "";
  response.setEncoding("utf8");
  response.on("data", (chunk: string) => {
    text += chunk;
    if (text.length > bytesMax) response.destroy(new Error("the answer is too long"));
  });
  const lost = (reason: string) => finish({ kind: "lost", reason, wasSent: true });
  response.on("error", (error) => lost(error.message));
  response.on("close", () => lost("the answer broke off"));
  response.on("end", () => {
    const { statusCode, headers } = response;
    // A connection that ends early also ends the stream: only a complete answer is one.
    if (response.complete) finish({ kind: "answer", status: statusCode ?? 0, headers, text });
  });
}
