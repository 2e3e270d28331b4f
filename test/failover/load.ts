import type { VenueProcess } from "../venue-process.ts";
import { ApiConnection, type Client, type Reply } from "./client.ts";
import type { Operation, Order } from "./history.ts";

export const symbol = "BTCUSDT";
const regions = ["eu", "us", "ap"] as const;
export const funds = { BTC: "1000", USDT: "100000000" };
const quantity = "0.00100";
/** Buyers pay from here on, sellers ask up to here: each pair trades, whoever comes first. */
const touchCents = 5_000_000;
const spreadCents = 300;
/** Far from the touch: these rest until their own account cancels them. */
const restingPrice = "10000.00";
const everyNthRests = 5;
const restingMax = 40;
/**
 * Beyond it the load waits: a slower machine gets fewer orders a second, not a queue that it would be
 * right to refuse. 500 orders a second need no more while answers take less than 80 ms.
 */
const inFlightMax = 40;
const paceMs = 4;

export type { Client };

/** Accounts with money and a key, spread over the regions. An even number: half of them sell. */
export async function makeClients(venue: VenueProcess, count: number): Promise<Client[]> {
  const clients: Promise<Client>[] = [];
  for (let i = 0; i < count; i++) {
    const trader = venue.makeTrader(`load ${i}`, funds);
    clients.push(trader.then((made) => ({ ...made, region: regions[i % regions.length]! })));
  }
  return Promise.all(clients);
}

export type LoadOptions = {
  readonly port: number;
  readonly clients: readonly Client[];
  readonly ordersPerSecond: number;
  /** Begins every client order id, so that ids of several loads differ. */
  readonly name: string;
};

/**
 * Orders at a fixed rate through the edge, whatever the answers: a fifth rests and is cancelled
 * later, the others trade with each other. Cancels come on top of the rate.
 */
export class Load {
  readonly history: Operation[] = [];
  /** Orders that were acknowledged. */
  acknowledged = 0;
  /** Of the newest state that an answer was given from. */
  position = 0;
  readonly #options: LoadOptions;
  readonly #connection: ApiConnection;
  readonly #beganMs = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly #resting: { readonly client: Client; readonly clientOrderId: string }[] = [];
  #endedMs = 0;
  #sent = 0;
  #inFlight = 0;
  #whenIdle: (() => void)[] = [];

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#connection = new ApiConnection(options.port);
    this.#timer = setInterval(() => this.#pace(), paceMs);
  }

  /** What was asked for and did not succeed, as text. */
  get failures(): string[] {
    return this.history
      .filter(({ status }) => status !== 200)
      .map(
        ({ kind, clientOrderId, status, refusal }) =>
          `${kind} ${clientOrderId}: ${status} ${refusal}`,
      );
  }

  /** Orders placed per second, once it has stopped. */
  get rate(): number {
    return (this.#sent * 1_000) / (this.#endedMs - this.#beganMs);
  }

  /** Sends nothing more, and resolves once everything was answered or failed. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#endedMs = performance.now();
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
    }
    this.#connection.close();
  }

  #pace(): void {
    const { ordersPerSecond } = this.#options;
    const due = Math.floor(((performance.now() - this.#beganMs) * ordersPerSecond) / 1_000);
    while (this.#sent < due && this.#inFlight < inFlightMax) {
      if (this.#sent % everyNthRests === 0) this.#placeResting(this.#sent++);
      else this.#placeTrading(this.#sent++);
    }
  }

  #placeResting(index: number): void {
    const { clients, name } = this.#options;
    const client = clients[(index / everyNthRests) % clients.length]!;
    const clientOrderId = `${name}-rest-${index}`;
    this.#place(client, clientOrderId, "BUY", restingPrice, () => {
      this.#resting.push({ client, clientOrderId });
      if (this.#resting.length > restingMax) this.#cancelOldest();
    });
  }

  #placeTrading(index: number): void {
    const { clients, name } = this.#options;
    const client = clients[index % clients.length]!;
    const side = index % 2 === 0 ? "SELL" : "BUY";
    const distance = (index * 7) % spreadCents;
    const cents = touchCents + (side === "BUY" ? distance : -distance);
    const price = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
    this.#place(client, `${name}-${index}`, side, price, () => {});
  }

  #place(
    client: Client,
    clientOrderId: string,
    side: "BUY" | "SELL",
    price: string,
    then: () => void,
  ): void {
    const asked = { account: client.account, clientOrderId, side, price, quantity };
    const parameters = {
      symbol,
      side,
      type: "LIMIT",
      timeInForce: "GTC",
      quantity,
      price,
      newClientOrderId: clientOrderId,
      newOrderRespType: "RESULT",
    };
    this.#exchange(client, "POST", parameters, (reply) => {
      const operation = { kind: "place" as const, ...asked, ...whatCame(reply) };
      this.history.push(operation);
      if (operation.order === null) return;
      this.acknowledged++;
      then();
    });
  }

  #cancelOldest(): void {
    const { client, clientOrderId } = this.#resting.shift()!;
    const parameters = { symbol, origClientOrderId: clientOrderId };
    this.#exchange(client, "DELETE", parameters, (reply) => {
      const asked = { account: client.account, clientOrderId, side: "BUY", quantity };
      const came = whatCame(reply);
      this.history.push({ kind: "cancel", ...asked, price: restingPrice, ...came });
    });
  }

  #exchange(
    client: Client,
    method: string,
    parameters: Readonly<Record<string, string>>,
    done: (reply: Reply) => void,
  ): void {
    this.#inFlight++;
    void this.#connection.send(client, method, "/api/v3/order", parameters).then((reply) => {
      this.#inFlight--;
      this.position = Math.max(this.position, reply.position);
      done(reply);
      if (this.#inFlight > 0) return;
      for (const resolve of this.#whenIdle.splice(0)) resolve();
    });
  }
}

/** Runs the body under load, which ends with it however it ends. */
export async function underLoad(
  options: LoadOptions,
  body: (load: Load) => Promise<void>,
): Promise<Load> {
  const load = new Load(options);
  try {
    await body(load);
  } finally {
    await load.stop();
  }
  return load;
}

function whatCame({ sentMs, answeredMs, status, body }: Reply) {
  const order = status === 200 ? (body as Order) : null;
  return { sentMs, answeredMs, status, order, refusal: order === null ? JSON.stringify(body) : "" };
}
