import type { Credentials } from "../venue-process.ts";
import { type Place, runBlocks } from "./from-docs.ts";
import type { Any, Methods } from "./loose.ts";
import { atTheEnd } from "./world.ts";

type Connection = Methods & { disconnect(): Promise<void> };
type Connects = { connect(options?: object): Promise<Connection> };

export type SpotClient = {
  /** The answer's data. */
  rest(method: string, parameters?: object): Promise<Any>;
  openApi(): Promise<Connection>;
  openStreams(): Promise<Connection>;
};

// It says on the terminal what it connects to, unless told otherwise before it is loaded.
process.env["LOG_LEVEL"] ??= "error";

/** @binance/spot as docs/clients.md sets it up. */
export async function openSpot(place: Place, credentials: Credentials): Promise<SpotClient> {
  const made = await runBlocks("@binance/spot", ["client"], place, credentials);
  const client = made["client"] as {
    restAPI: Methods;
    websocketAPI: Connects;
    websocketStreams: Connects;
  };
  const open = async (connects: Connects) => {
    const connection = await connects.connect();
    atTheEnd(() => connection.disconnect());
    return connection;
  };
  return {
    rest: async (method, parameters) => {
      const response = await client.restAPI[method]!(...(parameters ? [parameters] : []));
      return response.data();
    },
    openApi: () => open(client.websocketAPI),
    openStreams: () => open(client.websocketStreams),
  };
}
