import { connect, type Socket } from "node:net";
import WebSocket from "ws";
import { percentile } from "./figures.ts";

export type LoadResult = {
  readonly requests: number;
  readonly failed: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
};

/** Sends one request and resolves when its answer is there: true when it was a success. */
export type Exchange = (request: Buffer | string) => Promise<boolean>;

/** As fast as the exchanges answer: each takes the next request when its last was answered. */
export async function runClosed(
  exchanges: readonly Exchange[],
  requests: readonly (Buffer | string)[],
): Promise<LoadResult> {
  const latencies: number[] = [];
  let failed = 0;
  let next = 0;
  const from = performance.now();
  const worker = async (exchange: Exchange) => {
    for (let i = next++; i < requests.length; i = next++) {
      const sentAt = performance.now();
      if (!(await exchange(requests[i]!))) failed++;
      latencies.push(performance.now() - sentAt);
    }
  };
  await Promise.all(exchanges.map(worker));
  return summary(latencies, failed, performance.now() - from);
}

/** At a fixed rate; latency counts from the planned moment, so waiting behind others is not hidden. */
export async function runPaced(
  exchanges: readonly Exchange[],
  requests: readonly (Buffer | string)[],
  perSecond: number,
): Promise<LoadResult> {
  const latencies: number[] = [];
  let failed = 0;
  const idle = [...exchanges];
  const waiting: number[] = [];
  const from = performance.now();
  const plannedAt = (i: number) => from + (i * 1000) / perSecond;
  let open = requests.length;
  await new Promise<void>((resolve) => {
    const start = (i: number, exchange: Exchange) => {
      void exchange(requests[i]!).then((ok) => {
        if (!ok) failed++;
        latencies.push(performance.now() - plannedAt(i));
        const queued = waiting.shift();
        if (queued !== undefined) start(queued, exchange);
        else idle.push(exchange);
        if (--open === 0) resolve();
      });
    };
    let next = 0;
    const pump = () => {
      while (next < requests.length && plannedAt(next) <= performance.now()) {
        const exchange = idle.pop();
        if (exchange === undefined) waiting.push(next);
        else start(next, exchange);
        next++;
      }
      if (next < requests.length) setTimeout(pump, 1);
    };
    pump();
  });
  return summary(latencies, failed, performance.now() - from);
}

function summary(latencies: readonly number[], failed: number, tookMs: number): LoadResult {
  return {
    requests: latencies.length,
    failed,
    perSecond: Math.round((latencies.length / tookMs) * 1000),
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    p999Ms: percentile(latencies, 0.999),
  };
}

/** Keep-alive HTTP connections that write prepared requests and only look for the end of the answer. */
export async function httpExchanges(
  port: number,
  count: number,
): Promise<{ exchanges: Exchange[]; close(): void }> {
  const sockets: Socket[] = [];
  const exchanges: Exchange[] = [];
  for (let i = 0; i < count; i++) {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    await new Promise<void>((resolve, reject) =>
      socket.once("connect", resolve).once("error", reject),
    );
    let received = "";
    let answer: (ok: boolean) => void = () => {};
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      received += chunk;
      const head = received.indexOf("\r\n\r\n");
      if (head < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0);
      if (received.length < head + 4 + length) return;
      const ok = received.startsWith("HTTP/1.1 200");
      received = "";
      answer(ok);
    });
    socket.on("close", () => answer(false));
    sockets.push(socket);
    exchanges.push((request) => {
      const answered = new Promise<boolean>((resolve) => {
        answer = resolve;
      });
      socket.write(request);
      return answered;
    });
  }
  return { exchanges, close: () => sockets.forEach((socket) => void socket.destroy()) };
}

/** One WebSocket with `inFlight` requests at once; answers are told apart by their id. */
export async function webSocketExchanges(
  url: string,
  inFlight: number,
): Promise<{ exchanges: Exchange[]; close(): void }> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await new Promise<void>((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const waiting = new Map<string, (ok: boolean) => void>();
  socket.on("message", (data) => {
    const { id, status } = JSON.parse(String(data)) as { id: string; status: number };
    waiting.get(id)?.(status === 200);
    waiting.delete(id);
  });
  const exchange: Exchange = (request) =>
    new Promise<boolean>((resolve) => {
      const text = String(request);
      waiting.set(/"id":"([^"]+)"/.exec(text)![1]!, resolve);
      socket.send(text);
    });
  return {
    exchanges: Array.from({ length: inFlight }, () => exchange),
    close: () => socket.terminate(),
  };
}
