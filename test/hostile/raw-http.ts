import { connect, type Socket } from "node:net";

/** One answer as it came over the wire. */
export type RawAnswer = {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
};

export type RawOptions = {
  readonly port: number;
  /** Stops once so many answers came; else when the other side closes. */
  readonly answers?: number;
  /** Says with the last byte that nothing more will come. */
  readonly ends?: boolean;
  /** The client's own address: any of 127.0.0.0/8, each a client of its own to the venue. */
  readonly from?: string;
};

const answerTimeoutMs = 15_000;

/** Sends bytes as they are and reads HTTP answers until enough came or the other side closed. */
export function exchangeRaw(
  bytes: string | Buffer,
  { port, answers = 1, ends = false, from }: RawOptions,
): Promise<RawAnswer[]> {
  return new Promise((resolve, reject) => {
    const socket = openSocket(port, from);
    let received = Buffer.alloc(0);
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no answer in time; so far: ${received.toString("latin1").slice(0, 500)}`));
    }, answerTimeoutMs);
    const settle = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(readAnswers(received));
    };
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (readAnswers(received).length >= answers) settle();
    });
    // A write to a socket that was refused meanwhile fails; what was answered before still counts.
    socket.on("error", () => undefined);
    socket.on("close", settle);
    socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
    if (ends) socket.end();
  });
}

export function openSocket(port: number, from?: string): Socket {
  const local = from === undefined ? {} : { localAddress: from };
  return connect({ host: "127.0.0.1", port, noDelay: true, ...local });
}

/** The whole answers in the bytes, informational ones left out. */
function readAnswers(bytes: Buffer): RawAnswer[] {
  const found: RawAnswer[] = [];
  const text = bytes.toString("latin1");
  for (let at = 0; ; ) {
    const headEnd = text.indexOf("\r\n\r\n", at);
    if (headEnd < 0) return found;
    const [statusLine = "", ...lines] = text.slice(at, headEnd).split("\r\n");
    const headers = new Map<string, string>();
    for (const line of lines) {
      const colon = line.indexOf(":");
      headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1] ?? Number.NaN);
    const length = status >= 200 ? Number(headers.get("content-length") ?? 0) : 0;
    const end = headEnd + 4 + length;
    if (end > text.length) return found;
    const body = Buffer.from(text.slice(headEnd + 4, end), "latin1").toString("utf8");
    if (status >= 200 || Number.isNaN(status)) found.push({ status, headers, text: body });
    at = end;
  }
}
