import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** Stands between a log and a member of etcd, to lose what they say to each other. */
export class LossyProxy {
  /** False: what the member answers is lost. */
  passesAnswers = true;
  /** False: what the member is asked is lost. */
  passesRequests = true;
  /** False: connections are cut as soon as they are made. */
  takesConnections = true;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async before(address: string): Promise<LossyProxy> {
    const server = createServer().listen(0, "127.0.0.1");
    const proxy = new LossyProxy(server);
    const [host = "", port = ""] = address.split(":");
    server.on("connection", (client) => {
      if (!proxy.takesConnections) return void client.destroy();
      const member = connect(Number(port), host);
      proxy.#link(client, member, () => proxy.passesRequests);
      proxy.#link(member, client, () => proxy.passesAnswers);
    });
    await once(server, "listening");
    return proxy;
  }

  /** host:port */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  /** Cuts every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #link(from: Socket, to: Socket, passes: () => boolean): void {
    this.#sockets.add(from);
    from.on("data", (bytes) => void (passes() && to.write(bytes)));
    from.on("error", () => {});
    from.on("close", () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
