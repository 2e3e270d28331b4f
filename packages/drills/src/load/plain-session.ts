import { createHmac } from "node:crypto";
import { Agent, request } from "node:http";
import type { Trader } from "./provision.ts";
import type { Outcome, Session } from "./session.ts";

const socketsMax = 64;
const timeoutMs = 20_000;
const retryStatuses: readonly number[] = [429, 503];

/**
 * A client that sends each request once, to one endpoint, and heeds nothing: what a venue must bear.
 * What it is refused with a time to wait is shed; whatever else is no answer has failed.
 */
export function openPlainSession(endpoint: string, { apiKey, secret }: Trader): Session {
  const agent = new Agent({ keepAlive: true, maxSockets: socketsMax });
  const send = (method: "POST" | "DELETE", query: string): Promise<Outcome> => {
    const signed = `${query}&recvWindow=60000&timestamp=${Date.now()}`;
    const signature = createHmac("sha256", secret).update(signed).digest("hex");
    const url = `${endpoint}/api/v3/order?${signed}&signature=${signature}`;
    return new Promise((resolve) => {
      const headers = { "X-MBX-APIKEY": apiKey };
      const options = { method, agent, headers, timeout: timeoutMs };
      const asked = request(url, options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", (error) => resolve(failed(endpoint, error.message)));
        response.on("end", () => {
          const { statusCode = 0 } = response;
          const mayWait = response.headers["retry-after"] !== undefined;
          resolve(outcomeOf(endpoint, statusCode, mayWait, Buffer.concat(chunks).toString()));
        });
      });
      asked.on("timeout", () => asked.destroy(new Error(`no answer in ${timeoutMs} ms`)));
      asked.on("error", (error) => resolve(failed(endpoint, error.message)));
      asked.end();
    });
  };
  return {
    ready: () => Promise.resolve(),
    place: ({ symbol, side, price, quantity, clientOrderId }) =>
      send(
        "POST",
        `symbol=${symbol}&side=${side}&type=LIMIT&timeInForce=GTC&price=${price}&quantity=${quantity}&newClientOrderId=${clientOrderId}`,
      ),
    cancel: (symbol, clientOrderId) =>
      send("DELETE", `symbol=${symbol}&origClientOrderId=${clientOrderId}`),
    close: () => agent.destroy(),
  };
}

function outcomeOf(endpoint: string, status: number, mayWait: boolean, text: string): Outcome {
  if (status === 200) {
    const answer = JSON.parse(text) as { orderId: number; status?: string; executedQty?: string };
    const { orderId, status: orderStatus = "", executedQty: executed = "" } = answer;
    const done = { result: "done", reason: "", orderId, status: orderStatus, executed } as const;
    return { ...done, attempts: 1, endpoint, firstEndpoint: endpoint };
  }
  const isShed = retryStatuses.includes(status) && mayWait && !text.includes('"code":-1000');
  const outcome = failed(endpoint, `${status} ${text.slice(0, 200)}`);
  return isShed ? { ...outcome, result: "shed" } : outcome;
}

function failed(endpoint: string, reason: string): Outcome {
  const none = {
    orderId: 0,
    status: "",
    executed: "0",
    attempts: 1,
    endpoint,
    firstEndpoint: endpoint,
  };
  return { result: "failed", reason, ...none };
}
