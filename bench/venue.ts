import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { median, thousands } from "./figures.ts";
import {
  type Exchange,
  httpExchanges,
  type LoadResult,
  runClosed,
  runPaced,
  webSocketExchanges,
} from "./load.ts";
import { startVenueProcess, type VenueProcess } from "./venue-process.ts";

const connections = 128;
const socketInFlight = 128;

type Compared = {
  readonly venue: LoadResult;
  readonly bare: LoadResult;
  readonly ratio: number;
  /** The venue at half its top rate, open loop. */
  readonly half: LoadResult;
};
export type VenueReport = {
  readonly rest: Compared;
  readonly webSocket: Compared;
  readonly throughEdge: LoadResult;
};

/**
 * Orders acknowledged durable over REST and WebSocket API, three nodes running, on one node; beside
 * bare servers with the same bodies and the same signature check. Sells and buys take turns at one
 * price, so that half of them rest and half of them trade.
 */
export async function benchVenue(options: {
  readonly json: boolean;
  readonly quick: boolean;
}): Promise<VenueReport> {
  const count = options.quick ? 1_500 : 15_000;
  const rounds = options.quick ? 1 : 3;
  const say = (text: string) => void (options.json || console.log(text));
  say("venue: starting three regions, the edge and the bare servers ...");
  const venue = await startVenueProcess();
  try {
    const samples = await sampleAnswers(venue);
    const bare = await startBareServer(venue.secret, samples);
    try {
      const at = (port: number) => ({ port, venue, count, rounds });
      const rest = await compareRest(at(venue.nodePort), at(bare.port));
      const webSocket = await compareSockets(at(venue.nodePort), at(bare.port));
      const throughEdge = await restRun(at(venue.edgePort), closed);
      const report = { rest, webSocket, throughEdge };
      if (!options.json) print(report);
      return report;
    } finally {
      bare.child.kill();
    }
  } finally {
    await venue.stop();
  }
}

type Target = {
  readonly port: number;
  readonly venue: VenueProcess;
  readonly count: number;
  readonly rounds: number;
};
type Runner = (exchanges: readonly Exchange[], requests: string[]) => Promise<LoadResult>;
const closed: Runner = (exchanges, requests) => runClosed(exchanges, requests);
const paced =
  (perSecond: number): Runner =>
  (exchanges, requests) =>
    runPaced(exchanges, requests, perSecond);

async function compareRest(venue: Target, bare: Target): Promise<Compared> {
  return compare(
    venue.rounds,
    (runner) => restRun(venue, runner),
    () => restRun(bare, closed),
  );
}
async function compareSockets(venue: Target, bare: Target): Promise<Compared> {
  return compare(
    venue.rounds,
    (runner) => socketRun(venue, "/ws-api/v3", runner),
    () => socketRun(bare, "/", closed),
  );
}

/** The two take turns; the first round of each warms up. */
async function compare(
  rounds: number,
  runVenue: (runner: Runner) => Promise<LoadResult>,
  runBare: () => Promise<LoadResult>,
): Promise<Compared> {
  const venueRuns: LoadResult[] = [];
  const bareRuns: LoadResult[] = [];
  for (let round = 0; round <= rounds; round++) {
    const [venue, bare] = [await runVenue(closed), await runBare()];
    if (round === 0) continue;
    venueRuns.push(venue);
    bareRuns.push(bare);
  }
  const venue = middle(venueRuns);
  const bare = middle(bareRuns);
  const half = await runVenue(paced(venue.perSecond / 2));
  return { venue, bare, ratio: venue.perSecond / bare.perSecond, half };
}

function middle(runs: readonly LoadResult[]): LoadResult {
  const rate = median(runs.map((run) => run.perSecond));
  return runs.find((run) => run.perSecond === rate)!;
}

function sign(secret: string, payload: string): string {
  return createHmac("sha256", secret).update(payload).digest("hex");
}

function restRequest({ apiKey, secret }: VenueProcess, index: number): string {
  const side = index % 2 === 0 ? "SELL" : "BUY";
  const query = `symbol=BTCUSDT&side=${side}&type=LIMIT&timeInForce=GTC&quantity=0.001&price=50000&recvWindow=60000&timestamp=${Date.now()}`;
  return `POST /api/v3/order?${query}&signature=${sign(secret, query)} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-MBX-APIKEY: ${apiKey}\r\nContent-Length: 0\r\n\r\n`;
}

function socketRequest({ apiKey, secret }: VenueProcess, index: number): string {
  const params = {
    apiKey,
    price: "50000",
    quantity: "0.001",
    recvWindow: 60000,
    side: index % 2 === 0 ? "SELL" : "BUY",
    symbol: "BTCUSDT",
    timeInForce: "GTC",
    timestamp: Date.now(),
    type: "LIMIT",
  };
  const payload = Object.entries(params)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  const signature = sign(secret, payload);
  return JSON.stringify({
    id: String(index),
    method: "order.place",
    params: { ...params, signature },
  });
}

async function restRun({ port, venue, count }: Target, runner: Runner): Promise<LoadResult> {
  const { exchanges, close } = await httpExchanges(port, connections);
  const requests = Array.from({ length: count }, (_, i) => restRequest(venue, i));
  try {
    return await runner(exchanges, requests);
  } finally {
    close();
  }
}

async function socketRun(
  { port, venue, count }: Target,
  path: string,
  runner: Runner,
): Promise<LoadResult> {
  const { exchanges, close } = await webSocketExchanges(
    `ws://127.0.0.1:${port}${path}`,
    socketInFlight,
  );
  const requests = Array.from({ length: count }, (_, i) => socketRequest(venue, i));
  try {
    return await runner(exchanges, requests);
  } finally {
    close();
  }
}

type Samples = { readonly rest: string; readonly webSocket: string };

/** One real answer of each kind: the bare servers answer with the very same bytes. */
async function sampleAnswers(venue: VenueProcess): Promise<Samples> {
  const [head = ""] = restRequest(venue, 0).split(" HTTP/1.1");
  const response = await fetch(`http://127.0.0.1:${venue.nodePort}${head.slice("POST ".length)}`, {
    method: "POST",
    headers: { "x-mbx-apikey": venue.apiKey },
  });
  const rest = await response.text();
  if (!response.ok) throw new Error(`the sample order was refused: ${rest}`);
  const socket = new WebSocket(`ws://127.0.0.1:${venue.nodePort}/ws-api/v3`);
  await once(socket, "open");
  socket.send(socketRequest(venue, 1));
  const [message] = (await once(socket, "message")) as [{ readonly data: string }];
  socket.close();
  if (!message.data.includes('"status":200')) {
    throw new Error(`the sample order was refused: ${message.data}`);
  }
  return { rest, webSocket: message.data };
}

async function startBareServer(
  secret: string,
  samples: Samples,
): Promise<{ port: number; child: ChildProcess }> {
  const program = fileURLToPath(new URL("bare-server.ts", import.meta.url));
  const encode = (text: string) => Buffer.from(text).toString("base64");
  const args = [program, secret, encode(samples.rest), encode(samples.webSocket)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { port: Number(String(line).trim()), child };
}

function print(report: VenueReport): void {
  const row = (name: string, r: LoadResult, more = "") =>
    console.log(
      `  ${name.padEnd(34)} ${thousands(r.perSecond).padStart(8)}/s  p50 ${r.p50Ms.toFixed(1)} ms  p99 ${r.p99Ms.toFixed(1)} ms  p99.9 ${r.p999Ms.toFixed(1)} ms  ${r.failed} failed  ${more}`,
    );
  const percent = (ratio: number) => `${(ratio * 100).toFixed(0)} % of bare`;
  row("REST, bare node:http", report.rest.bare);
  row("REST, one node of three", report.rest.venue, percent(report.rest.ratio));
  row("REST at half that rate", report.rest.half);
  row("WebSocket, bare ws echo", report.webSocket.bare);
  row("WebSocket API, one node of three", report.webSocket.venue, percent(report.webSocket.ratio));
  row("WebSocket API at half that rate", report.webSocket.half);
  row("REST through the edge", report.throughEdge);
}
