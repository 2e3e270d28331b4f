import {
  DefaultLogger,
  type MainClient,
  type WebsocketAPIClient,
  type WebsocketClient,
} from "binance";
import type { Credentials } from "../venue-process.ts";
import { type Place, runBlocks } from "./from-docs.ts";
import { type Any, quiet } from "./loose.ts";
import { atTheEnd } from "./world.ts";

export type BinanceClient = {
  readonly rest: MainClient;
  readonly streams: WebsocketClient;
  readonly api: WebsocketAPIClient;
  /** What the streams brought, oldest first. */
  readonly events: Any[];
  /** What the WebSocket API's client brought without being asked. */
  readonly apiEvents: Any[];
};

Object.assign(DefaultLogger, quiet);

/** binance (tiagosiebler's) as docs/clients.md sets it up. */
export async function openBinance(place: Place, credentials: Credentials): Promise<BinanceClient> {
  const names = ["client", "streams", "api"];
  const made = await runBlocks("binance", names, place, credentials);
  const { client, streams, api } = made as {
    client: MainClient;
    streams: WebsocketClient;
    api: WebsocketAPIClient;
  };
  const events: Any[] = [];
  const apiEvents: Any[] = [];
  streams.on("message", (event) => events.push(event));
  api.getWSClient().on("message", (event) => apiEvents.push(event));
  atTheEnd(() => {
    streams.closeAll(true);
    return api.disconnectAll();
  });
  return { rest: client, streams, api, events, apiEvents };
}
