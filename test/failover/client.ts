import { createHmac } from "node:crypto";
import { Agent, request } from "node:http";
import type { Credentials } from "../venue-process.ts";

export type Region = "eu" | "us" | "ap";
export type Client = Credentials & { readonly account: number; readonly region: Region };

/** What came of one request, with the times between which the venue dealt with it. */
export type Reply = {
  readonly sentMs: number;
  readonly answeredMs: number;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly node: string;
  /** What the answering node had applied. */
  readonly position: number;
  readonly body: unknown;
};

const timeoutMs = 20_000;
const recvWindowMs = 60_000;
const socketsMax = 1_024;

/** Speaks to one address over kept-alive connections, and never sends a request twice by itself. */
export class ApiConnection {
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: socketsMax });

  constructor(port: number) {
    this.#port = port;
  }

  close(): void {
    this.#agent.destroy();
  }

  /** A signed request. */
  send(
    client: Client,
    method: string,
    path: string,
    parameters: Readonly<Record<string, string | number>> = {},
    position = 0,
  ): Promise<Reply> {
    const query = signedQuery(client, parameters);
    return this.request(method, `${path}?${query}`, {
      "x-mbx-apikey": client.apiKey,
      "halcyon-region": client.region,
      ...(position === 0 ? {} : { "halcyon-position": String(position) }),
    });
  }

  request(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> {
    return new Promise((resolve) => {
      const sentMs = performance.now();
      const fail = (error: Error) =>
        resolve({
          sentMs,
          answeredMs: performance.now(),
          status: 0,
          node: "",
          position: 0,
          body: error.message,
        });
      const outgoing = request(
        { agent: this.#agent, host: "127.0.0.1", port: this.#port, method, path, headers },
        (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (chunk: string) => {
            text += chunk;
          });
          response.on("error", fail);
          response.on("end", () =>
            resolve({
              sentMs,
              answeredMs: performance.now(),
              status: response.statusCode ?? 0,
              node: String(response.headers["halcyon-node"] ?? ""),
              position: Number(response.headers["halcyon-position"] ?? 0),
              body: JSON.parse(text),
            }),
          );
        },
      );
      outgoing.setTimeout(timeoutMs, () => outgoing.destroy(new Error("no answer in time")));
      outgoing.on("error", fail);
      outgoing.end();
    });
  }
}

export function signedQuery(
  { secret }: Credentials,
  parameters: Readonly<Record<string, string | number>>,
): string {
  const fields = { ...parameters, recvWindow: recvWindowMs, timestamp: Date.now() };
  const query = Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  return `${query}&signature=${createHmac("sha256", secret).update(query).digest("hex")}`;
}
