import { createHmac } from "node:crypto";
import type { Trader } from "./provision.ts";

export type Probe = { readonly status: number; readonly tookMs: number };

const timeoutMs = 10_000;
const order = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&price=10000.00&quantity=0.001";

/** One order to one edge, sent once, as a client without the SDK would; status 0: no answer. */
export async function probeOrder(url: string, { apiKey, secret }: Trader): Promise<Probe> {
  const beganMs = performance.now();
  const query = `${order}&timestamp=${Date.now()}`;
  const signature = createHmac("sha256", secret).update(query).digest("hex");
  const status = await fetch(`${url}/api/v3/order?${query}&signature=${signature}`, {
    method: "POST",
    headers: { "X-MBX-APIKEY": apiKey },
    signal: AbortSignal.timeout(timeoutMs),
  }).then(
    async (response) => {
      await response.arrayBuffer();
      return response.status;
    },
    () => 0,
  );
  return { status, tookMs: performance.now() - beganMs };
}
