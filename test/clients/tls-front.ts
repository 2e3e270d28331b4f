import dns from "node:dns";
import { type AddressInfo, connect } from "node:net";
import tls from "node:tls";
import { selfSigned } from "./self-signed.ts";

/** What a proxy that ends TLS looks like to clients. */
export type TlsFront = {
  /** Name and port: `api.halcyon.test:41234`. */
  readonly host: string;
  close(): Promise<void>;
};

const hostName = "api.halcyon.test";
const certificate = selfSigned(hostName);

/** Other hosts whose names were looked up: a client that is told where to go goes nowhere else. */
export const strangers = new Set<string>();

/**
 * Makes this process know the name and trust the certificate, as name service and trust store do for
 * a real venue. The clients are left as they are.
 */
function knowTheVenue(): void {
  tls.setDefaultCACertificates([...tls.getCACertificates("default"), certificate.cert]);
  const lookup = dns.lookup as (...args: unknown[]) => void;
  const known = (name: string, ...rest: unknown[]) => {
    if (name !== hostName && name !== "127.0.0.1") strangers.add(name);
    lookup(name === hostName ? "127.0.0.1" : name, ...rest);
  };
  Object.assign(dns, { lookup: known });
}
knowTheVenue();

/**
 * Ends TLS for a venue's edge. `localAddress` is where its connections come from: the venue counts
 * the clients behind it as that address.
 */
export function startTlsFront(edgePort: number, localAddress = "127.0.0.1"): Promise<TlsFront> {
  const sockets = new Set<tls.TLSSocket>();
  const server = tls.createServer(certificate, (client) => {
    const upstream = connect({ host: "127.0.0.1", port: edgePort, localAddress });
    sockets.add(client);
    const end = () => {
      sockets.delete(client);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) socket.on("error", end).on("close", end);
    client.pipe(upstream).pipe(client);
  });
  // Clients that break off a handshake are no concern of a test that waits for answers.
  server.on("tlsClientError", () => undefined);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      const close = () =>
        new Promise<void>((closed) => {
          server.close(() => closed());
          for (const socket of sockets) socket.destroy();
        });
      resolve({ host: `${hostName}:${port}`, close });
    });
  });
}
