import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

/** What a node of the tests got, in order. */
export interface Received {
  readonly node: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

export type Behaviour = (
  received: Received,
  response: ServerResponse,
  request: IncomingMessage,
) => void;

export interface Upstream {
  readonly name: string;
  readonly port: number;
  readonly healthPort: number;
  readonly received: Received[];
  readonly sockets: Set<WebSocket>;
  /** What `/readyz` answers; "silent" accepts the probe and never answers it. */
  readiness: "ready" | "draining" | "starting" | "silent";
  /** How busy it says it is. */
  load: number;
  /** Upgrades are answered like any other request. */
  refusesSockets: boolean;
  close(): Promise<void>;
}

/** A small stand-in for a node: `/readyz` on one port, requests and WebSockets on another. */
export async function startUpstream(
  name: string,
  behaviour: Behaviour = echo,
  ports: { readonly port: number; readonly healthPort: number } = { port: 0, healthPort: 0 },
): Promise<Upstream> {
  const received: Received[] = [];
  const sockets = new Set<WebSocket>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const body = Buffer.concat(chunks).toString("latin1");
      const entry = { node: name, method, url, headers, body };
      received.push(entry);
      response.setHeader("Halcyon-Node", name);
      behaviour(entry, response, request);
    });
  });
  const webSockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    if (upstream.refusesSockets) {
      socket.end("HTTP/1.1 425 Too Early\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (opened) =>
      webSockets.emit("connection", opened, request),
    );
  });
  webSockets.on("connection", (socket, request) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.send(JSON.stringify({ node: name, url: request.url, headers: request.headers }));
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  const health = createServer((request, response) => {
    if (upstream.readiness === "silent") return;
    const drainingStatus = request.url === "/readyz?draining=404" ? 404 : 503;
    const failedStatus = upstream.readiness === "draining" ? drainingStatus : 503;
    response.writeHead(upstream.readiness === "ready" ? 200 : failedStatus);
    response.end(JSON.stringify({ status: upstream.readiness, load: upstream.load }));
  });
  const closeServer = trackAndClose(server);
  const closeHealth = trackAndClose(health);
  const upstream: Upstream = {
    name,
    port: await listen(server, ports.port),
    healthPort: await listen(health, ports.healthPort),
    received,
    sockets,
    readiness: "ready",
    load: 0,
    refusesSockets: false,
    close: async () => {
      for (const socket of sockets) socket.terminate();
      await Promise.all([closeServer(), closeHealth()]);
    },
  };
  return upstream;
}

export function echo(received: Received, response: ServerResponse): void {
  const body = JSON.stringify(received);
  response.writeHead(200, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(body);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

/** Closes like a process that ends: its open connections are reset. */
function trackAndClose(server: Server): () => Promise<void> {
  const open = new Set<Socket>();
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of open) {
        // A socket that is already shutting down cannot be reset: its handle would stay for ever.
        if (socket.writableEnded) socket.destroy();
        else socket.resetAndDestroy();
      }
    });
}
