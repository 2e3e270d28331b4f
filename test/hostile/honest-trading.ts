import { ApiConnection, type Client } from "../failover/client.ts";
import type { VenueProcess } from "../venue-process.ts";

const paceMs = 10;
const funds = { BTC: "1000", USDT: "100000000" };
const order = { symbol: "BTCUSDT", type: "LIMIT", timeInForce: "GTC", quantity: "0.001" };

export type Traded = {
  readonly answersMs: readonly number[];
  /** What did not succeed, as text. */
  readonly failures: readonly string[];
};

/** Two clients who trade with each other all the while, through the edge, as if nothing were. */
export class HonestTrading {
  readonly #connection: ApiConnection;
  readonly #clients: readonly [Client, Client];
  readonly #answersMs: number[] = [];
  readonly #failures: string[] = [];
  readonly #timer: NodeJS.Timeout;
  #underWay: Promise<void> | null = null;

  private constructor(port: number, clients: readonly [Client, Client]) {
    this.#connection = new ApiConnection(port);
    this.#clients = clients;
    this.#timer = setInterval(() => {
      this.#underWay ??= this.#trade().finally(() => {
        this.#underWay = null;
      });
    }, paceMs);
  }

  static async start(venue: VenueProcess): Promise<HonestTrading> {
    const seller = await venue.makeTrader("honest seller", funds);
    const buyer = await venue.makeTrader("honest buyer", funds);
    return new HonestTrading(venue.edgePort, [
      { ...seller, region: "eu" },
      { ...buyer, region: "us" },
    ]);
  }

  async stop(): Promise<Traded> {
    clearInterval(this.#timer);
    await this.#underWay;
    this.#connection.close();
    return { answersMs: this.#answersMs, failures: this.#failures };
  }

  async #trade(): Promise<void> {
    for (const [index, side] of (["SELL", "BUY"] as const).entries()) {
      const client = this.#clients[index]!;
      const parameters = { ...order, side, price: "50000" };
      const reply = await this.#connection.send(client, "POST", "/api/v3/order", parameters);
      this.#answersMs.push(reply.answeredMs - reply.sentMs);
      if (reply.status !== 200)
        this.#failures.push(`${reply.status} ${JSON.stringify(reply.body)}`);
    }
  }
}
