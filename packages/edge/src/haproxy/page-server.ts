import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { EdgeLog } from "../edge-log.ts";
import { pathOf } from "../http-front.ts";
import { readPageFiles } from "../page-files.ts";
import type { HaproxyPage } from "./haproxy-settings.ts";

export interface PageServer {
  readonly port: number;
  stop(): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 5_000;
const CONNECTIONS_MAX = 1_000;

/** Serves the page behind HAProxy. Throws where the folder holds none or the port is taken. */
export async function startPageServer(page: HaproxyPage, log: EdgeLog): Promise<PageServer> {
  const files = readPageFiles(page.folder);
  const server = createServer({ headersTimeout: HEADERS_TIMEOUT_MS }, (request, response) => {
    request.resume();
    if (files.answer(request, pathOf(request.url ?? "/"), response)) return;
    // A file of an older page: the browser that asks has to load the page anew.
    const body = JSON.stringify({ code: -1000, msg: "No such file: load the page again." });
    response.writeHead(404, { "Content-Type": "application/json;charset=UTF-8" }).end(body);
  });
  server.maxConnections = CONNECTIONS_MAX;
  await listening(server, page.listen);
  const { port } = server.address() as AddressInfo;
  log.info({ host: page.listen.host, port }, "serves the page");
  return {
    port,
    stop: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

function listening(server: Server, listen: HaproxyPage["listen"]): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(listen, () => resolve());
  });
}
