import type { IncomingMessage } from "node:http";

/** Of the trading API's requests. */
export const bodyBytesMax = 64 * 1024;
/** A body beyond the limit is read and dropped up to here, so that the client sees the answer. */
const drainedBytesMax = 16 * 1024 * 1024;

/** `too-large`: more than is read here; `gone`: the client left before it had sent everything. */
export type Body = { readonly text: string } | "too-large" | "gone";

export function hasBody(request: IncomingMessage): boolean {
  const { headers } = request;
  const length = headers["content-length"];
  if (length === undefined) return headers["transfer-encoding"] !== undefined;
  return length !== "0";
}

/**
 * Hands the whole body to `done`, once: one latin1 character for each byte. What a body is called
 * makes no difference: official clients send forms labelled as JSON.
 */
export function readBody(
  request: IncomingMessage,
  bytesMax: number,
  done: (body: Body) => void,
): void {
  let text = "";
  let bytes = 0;
  let answered = false;
  const answer = (body: Body): void => {
    if (answered) return;
    answered = true;
    text = "";
    done(body);
  };
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= bytesMax && !answered) text += chunk.toString("latin1");
    else {
      answer("too-large");
      if (bytes > drainedBytesMax) request.destroy();
    }
  });
  request.on("end", () => answer({ text }));
  request.on("close", () => answer("gone"));
  request.on("error", () => answer("gone"));
  // Who says that too much will come need not send it first.
  if (Number(request.headers["content-length"] ?? 0) > bytesMax) answer("too-large");
}
