import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** What the proxy does with bytes: passes them on, loses those that come from the venue, or all. */
export type ProxyMode = "pass" | "lose answers" | "lose everything";

/** A proxy in front of a port that loses answers, freezes or cuts connections when it is told to. */
export class FailingProxy {
  readonly url: string;
  readonly #close: () => Promise<void>;
  readonly #pairs: Set<readonly [Socket, Socket]>;
  #mode: ProxyMode = "pass";

  private constructor(
    url: string,
    pairs: Set<readonly [Socket, Socket]>,
    close: () => Promise<void>,
  ) {
    this.url = url;
    this.#pairs = pairs;
    this.#close = close;
  }

  /** `delayMs`: how late answers come through. */
  static async before(port: number, delayMs = 0): Promise<FailingProxy> {
    const pairs = new Set<readonly [Socket, Socket]>();
    const server = createServer((client) => {
      const venue = connect({ host: "127.0.0.1", port, noDelay: true });
      client.setNoDelay(true);
      const pair = [client, venue] as const;
      pairs.add(pair);
      client.on("data", (bytes) => {
        if (proxy.#mode !== "lose everything") venue.write(bytes);
      });
      venue.on("data", (bytes) => {
        if (proxy.#mode !== "pass") return;
        if (delayMs === 0) client.write(bytes);
        else setTimeout(() => client.write(bytes), delayMs);
      });
      for (const socket of pair) {
        socket.on("error", () => socket.destroy());
        socket.on("close", () => {
          pairs.delete(pair);
          client.destroy();
          venue.destroy();
        });
      }
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const proxy = new FailingProxy(url, pairs, async () => {
      proxy.cut();
      server.close();
      await once(server, "close");
    });
    return proxy;
  }

  set mode(mode: ProxyMode) {
    this.#mode = mode;
  }

  /** Ends all connections at once. */
  cut(): void {
    for (const [client] of this.#pairs) client.destroy();
  }

  close(): Promise<void> {
    return this.#close();
  }
}
