import { createHmac } from "node:crypto";
import type { Trader, VenueProcess } from "../venue-process.ts";

/** Whoever else trades: sends orders to the API. */
export class Counterparty {
  readonly #url: string;
  readonly #trader: Trader;

  constructor(venue: VenueProcess, trader: Trader) {
    this.#url = `http://127.0.0.1:${venue.edgePort}`;
    this.#trader = trader;
  }

  limit(side: "BUY" | "SELL", price: string, quantity: string): Promise<void> {
    return this.#send("POST", "order", {
      side,
      type: "LIMIT",
      timeInForce: "GTC",
      price,
      quantity,
    });
  }

  cancelAll(): Promise<void> {
    return this.#send("DELETE", "openOrders", {});
  }

  async #send(
    method: string,
    path: string,
    params: Readonly<Record<string, string>>,
  ): Promise<void> {
    const query = new URLSearchParams({
      symbol: "BTCUSDT",
      ...params,
      timestamp: String(Date.now()),
      recvWindow: "20000",
    }).toString();
    const signature = createHmac("sha256", this.#trader.secret).update(query).digest("hex");
    const response = await fetch(`${this.#url}/api/v3/${path}?${query}&signature=${signature}`, {
      method,
      headers: { "x-mbx-apikey": this.#trader.apiKey },
    });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  }
}
