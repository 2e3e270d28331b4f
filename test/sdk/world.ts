import { type Client, type ClientOptions, createClient } from "@halcyon/sdk";
import { startVenueProcess, type Trader, type VenueProcess } from "../venue-process.ts";

export const nodeNames = ["eu-1", "us-1", "ap-1"] as const;
const plenty = 1_000_000_000;

/** A venue with its limits out of the way, clients of one account, and the addresses of its parts. */
export type World = {
  readonly venue: VenueProcess;
  readonly trader: Trader;
  readonly edge: string;
  /** The nodes themselves, without the edge. */
  readonly nodes: readonly string[];
  client(endpoints: readonly string[], options?: Partial<ClientOptions>): Client;
  makeTrader(): Promise<Trader>;
  stop(): Promise<void>;
};

export async function startWorld(): Promise<World> {
  const venue = await startVenueProcess({
    "limits.requestWeightPerMinute": plenty,
    "limits.requestsPer5Minutes": plenty,
    "limits.ordersPer10Seconds": plenty,
    "limits.ordersPerDay": plenty,
  });
  const clients: Client[] = [];
  const makeTrader = () => venue.makeTrader("sdk", { BTC: "100", USDT: "10000000" });
  const trader = await makeTrader();
  const address = (port: number) => `http://127.0.0.1:${port}`;
  return {
    venue,
    trader,
    edge: address(venue.edgePort),
    nodes: nodeNames.map((name) => address(venue.port(name))),
    client(endpoints, options = {}) {
      const { apiKey, secret } = trader;
      const client = createClient({ endpoints, apiKey, secret, ...options } as ClientOptions);
      clients.push(client);
      return client;
    },
    makeTrader,
    async stop() {
      for (const client of clients) client.close();
      await venue.stop();
    },
  };
}
