import type { IncomingMessage } from "node:http";
import type { RefusalName } from "./refusal.ts";

export interface BodyLimits {
  readonly bodyBytesTotalMax: number;
  readonly bodyTimeoutMs: number;
}

export type BodyResult =
  | { readonly kind: "body"; readonly body: Buffer | null }
  | { readonly kind: "refused"; readonly refusal: RefusalName }
  /** The client went away. */
  | { readonly kind: "gone" };

const NO_BODY: BodyResult = { kind: "body", body: null };

/** Receives request bodies whole, each and all together within bounds. */
export class BodyReceiver {
  readonly #limits: BodyLimits;
  #bytesHeld = 0;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  /** Calls back once; at once when there is no body. The bytes count until `release`. */
  receive(
    request: IncomingMessage,
    bodyBytesMax: number,
    done: (result: BodyResult) => void,
  ): void {
    const { bodyBytesTotalMax, bodyTimeoutMs } = this.#limits;
    const encoding = request.headers["transfer-encoding"];
    const length = Number(request.headers["content-length"] ?? 0);
    if (encoding === undefined && length === 0) {
      request.resume();
      done(NO_BODY);
      return;
    }
    // Bytes under another encoding would reach the node as if they were plain.
    if (encoding !== undefined && encoding.toLowerCase() !== "chunked") {
      done({ kind: "refused", refusal: "malformed" });
      return;
    }
    if (length > bodyBytesMax) {
      done({ kind: "refused", refusal: "bodyTooLarge" });
      return;
    }

    const chunks: Buffer[] = [];
    let bytes = 0;
    const finish = (result: BodyResult): void => {
      clearTimeout(timer);
      request.off("data", onData).off("end", onEnd).off("close", onClose);
      if (result.kind !== "body") this.#bytesHeld -= bytes;
      done(result);
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      this.#bytesHeld += chunk.length;
      chunks.push(chunk);
      if (bytes > bodyBytesMax) finish({ kind: "refused", refusal: "bodyTooLarge" });
      else if (this.#bytesHeld > bodyBytesTotalMax) {
        finish({ kind: "refused", refusal: "overloaded" });
      }
    };
    const onEnd = (): void =>
      finish({ kind: "body", body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) });
    const onClose = (): void => finish({ kind: "gone" });
    const timer = setTimeout(() => finish({ kind: "refused", refusal: "tooSlow" }), bodyTimeoutMs);
    request.on("data", onData).on("end", onEnd).on("close", onClose);
    // "close" follows and says the same.
    request.on("error", () => undefined);
  }

  release(body: Buffer | null): void {
    if (body !== null) this.#bytesHeld -= body.length;
  }
}
