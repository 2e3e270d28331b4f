import type { Credentials } from "../venue-process.ts";
import { type Place, runBlocks } from "./from-docs.ts";
import { type Any, quiet } from "./loose.ts";
import { atTheEnd, eventually } from "./world.ts";

/** The REST half: each method answers with the response of axios. */
export type ConnectorRest = Readonly<
  Record<string, (...args: readonly unknown[]) => Promise<{ readonly data: Any }>>
>;

type Socket = {
  callbacks: Readonly<Record<string, (text: string) => void>>;
  logger: object;
  isConnected(): boolean;
  disconnect(): void;
  subscribe(streams: string | readonly string[]): void;
};
type SocketApi = Socket & Readonly<Record<string, (...args: readonly unknown[]) => void>>;

export type Connector = {
  readonly rest: ConnectorRest;
  readonly streams: Socket;
  /** What the streams brought, oldest first. */
  readonly events: Any[];
  /** Asks the WebSocket API, and waits for the answer. */
  ask(method: string, ...args: readonly unknown[]): Promise<Any>;
};

/** @binance/connector as docs/clients.md sets it up. */
export async function openConnector(place: Place, credentials: Credentials): Promise<Connector> {
  const names = ["client", "streams", "api"];
  const made = await runBlocks("@binance/connector", names, place, credentials);
  const streams = made["streams"] as Socket;
  const api = made["api"] as SocketApi;
  const events: Any[] = [];
  const answers: Any[] = [];
  for (const socket of [streams, api]) socket.logger = quiet;
  streams.callbacks = { message: (text) => events.push(JSON.parse(text)) };
  api.callbacks = { message: (text) => answers.push(JSON.parse(text)) };
  atTheEnd(() => {
    for (const socket of [streams, api]) if (socket.isConnected()) socket.disconnect();
  });
  let asked = 0;
  return {
    rest: made["client"] as ConnectorRest,
    streams,
    events,
    ask: async (method, ...args) => {
      await eventually("the WebSocket API", () => api.isConnected());
      const id = `${method}-${asked++}`;
      const last = args.at(-1);
      const named =
        typeof last === "object" ? [...args.slice(0, -1), { ...last, id }] : [...args, { id }];
      api[method]!(...named);
      return eventually(`the answer to ${method}`, () => answers.find((one) => one.id === id));
    },
  };
}
