import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import type { ActionResult, Supervisor } from "./supervisor.ts";

/** What `halcyon status` shows above the processes. */
export type VenueStatus = {
  readonly pid: number;
  readonly url: string;
  readonly data: string;
  readonly topology: string;
  readonly demo: boolean;
  readonly startedAt: string;
};

export type ControlServerOptions = {
  readonly socketPath: string;
  readonly supervisor: Supervisor;
  readonly venue: VenueStatus;
  readonly onStop: () => void;
};

// Systems allow 107 bytes (Linux) or 103 (others) for the path of a unix socket.
const socketPathBytesMax = 100;

/** `<data>/run/control.sock`, or a short path in the temporary folder where that one is too long. */
export function controlSocketPath(dataFolder: string): string {
  const path = join(dataFolder, "run", "control.sock");
  if (Buffer.byteLength(path) <= socketPathBytesMax) return path;
  const name = createHash("sha256").update(dataFolder).digest("hex").slice(0, 16);
  return join(tmpdir(), `halcyon-${userInfo().uid}-${name}`, "control.sock");
}

const statusOfRefusal = {
  "unknown-process": 404,
  "not-running": 409,
  "not-possible": 409,
  "no-answer": 504,
} as const;

/** HTTP with JSON on a unix socket that only the user who started the venue can open. */
export async function startControlServer(
  options: ControlServerOptions,
): Promise<{ close(): Promise<void> }> {
  const { socketPath } = options;
  mkdirSync(dirname(socketPath), { recursive: true, mode: 0o700 });
  // The run lock is held, so a socket that is there was left by a supervisor that was killed.
  rmSync(socketPath, { force: true });
  const server = createServer({ requestTimeout: 5_000 }, (request, response) => {
    request.resume();
    respond(options, `${request.method} ${request.url}`, response).catch((error: unknown) => {
      sendProblem(response, 500, "failed", String(error));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, () => resolve());
  });
  chmodSync(socketPath, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function respond(
  { supervisor, venue, onStop }: ControlServerOptions,
  request: string,
  response: ServerResponse,
): Promise<void> {
  if (request === "GET /processes") {
    return sendJson(response, 200, { venue, processes: await supervisor.list() });
  }
  if (request === "POST /stop") {
    sendJson(response, 202, { status: "stopping" });
    return onStop();
  }
  const action = /^POST \/processes\/([^/]+)\/(drain|undrain|kill)$/.exec(request);
  if (action === null) return sendProblem(response, 404, "unknown-path", `No ${request} here.`);
  const name = decodeURIComponent(action[1]!);
  const verb = action[2] as "drain" | "undrain" | "kill";
  const result: ActionResult =
    verb === "kill" ? supervisor.kill(name) : await supervisor.drain(name, verb);
  if (result.ok) return sendJson(response, 200, { name, done: verb });
  sendProblem(response, statusOfRefusal[result.code], result.code, result.detail);
}

function sendProblem(response: ServerResponse, status: number, code: string, detail: string): void {
  sendJson(response, status, { title: "Not done", status, code, detail });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
