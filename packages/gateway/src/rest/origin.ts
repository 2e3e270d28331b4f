import type { IncomingMessage } from "node:http";
import type { RequestId } from "@halcyon/core";
import { AddressRules, plainAddress } from "../auth/address-rules.ts";
import { freshRequestId, readRequestId } from "../dialect/request-id.ts";

/** Where a request comes from and what the edge says about it. */
export type RequestOrigin = {
  /** The client's address. */
  readonly address: string;
  /** The address of whoever is connected: the edge, or the client itself. */
  readonly edge: string;
  /**
   * Null: the edge named one that cannot be used, for it is none or lies in the future. Such a
   * request must not be executed under another id: the next node may execute it under the edge's.
   */
  readonly requestId: RequestId | null;
  /** Whether an edge passed it on: one that can send it to another node. */
  readonly viaEdge: boolean;
  /** Whether no node looked alive to the edge, so that this one was asked without a choice. */
  readonly inPanic: boolean;
  /** Whether the edge sends it again, or cannot tell that it does not. */
  readonly retry: boolean;
  /**
   * Whether a limit may refuse it. Not where an earlier attempt may have been executed. An edge that
   * cannot count its attempts sees to it itself: it does not pass a refusal on after a repetition.
   */
  readonly limited: boolean;
  /** What this node must have applied before it answers; 0: anything. */
  readonly position: number;
};

/** The number of attempts before this one, or what an edge says that repeats without counting. */
const attemptPattern = /^[0-9]{1,4}$/;
const uncounted = "uncounted";
const positionPattern = /^[0-9]{1,15}$/;

/** Reads the headers of the edge, and believes them only when it is the edge that speaks. */
export class OriginReader {
  readonly #trusted: AddressRules;
  /** The last peer that was looked at: nearly always it is the same edge. */
  #peer = "";
  #peerTrusted = false;

  constructor(trustedProxies: readonly string[]) {
    this.#trusted = new AddressRules(trustedProxies);
  }

  /**
   * Null: whoever sent it reset the connection, and the system no longer tells who it was. It waits
   * for no answer. If it was an edge, it sends the request elsewhere, by an id that cannot be believed
   * here: executed under another one, it would be executed twice.
   */
  read(request: IncomingMessage, nowMs: number): RequestOrigin | null {
    const { headers } = request;
    const peer = request.socket.remoteAddress;
    if (peer === undefined) return null;
    if (peer !== this.#peer) {
      this.#peer = peer;
      this.#peerTrusted = this.#trusted.has(plainAddress(peer));
    }
    const wanted = headers["halcyon-position"];
    const position =
      typeof wanted === "string" && positionPattern.test(wanted) ? Number(wanted) : 0;
    if (!this.#peerTrusted) {
      return {
        address: plainAddress(peer),
        edge: peer,
        requestId: freshRequestId(nowMs),
        viaEdge: false,
        inPanic: false,
        retry: false,
        limited: true,
        position,
      };
    }
    const id = headers["halcyon-request-id"];
    const attempt = headers["halcyon-attempt"];
    const isRepeated =
      typeof attempt === "string" && attemptPattern.test(attempt) && Number(attempt) > 0;
    return {
      address: forwardedFor(headers["x-forwarded-for"]) ?? plainAddress(peer),
      edge: peer,
      requestId: typeof id === "string" ? readRequestId(id, nowMs) : freshRequestId(nowMs),
      viaEdge: id !== undefined,
      inPanic: headers["halcyon-panic"] !== undefined,
      retry: isRepeated || attempt === uncounted,
      limited: !isRepeated,
      position,
    };
  }
}

/** The address that the edge itself saw: it stands last, whatever the client wrote before it. */
function forwardedFor(header: string | string[] | undefined): string | null {
  if (typeof header !== "string") return null;
  const last = header.slice(header.lastIndexOf(",") + 1).trim();
  return last === "" ? null : plainAddress(last);
}
