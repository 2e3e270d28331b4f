import type { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";
import type { WebSocketLimits } from "./websocket-limits.ts";

/** Close codes of RFC 6455 and its registry that this gateway uses. */
export const closeCode = { goingAway: 1001, policy: 1008, serviceRestart: 1012 } as const;

/** Why sockets were closed by this side, for the metrics. */
export type CutReason = "slow" | "silent" | "old" | "abusive" | "broken";

export type ConnectionEvents = {
  /** One text message; valid UTF-8. */
  onText(text: string): void;
  /** A binary message, which nothing here speaks. */
  onBinary(): void;
  /** A ping or pong of the client's own. */
  onControlFrame(): void;
  onClose(): void;
};

const textFrame = { binary: false } as const;

/** One socket: its life, its pings, and how much may pile up in front of a slow reader. */
export class Connection {
  readonly address: string;
  readonly openedAtMs: number;
  readonly #ws: WebSocket;
  readonly #socket: Duplex;
  readonly #limits: WebSocketLimits;
  readonly #onCut: (reason: CutReason) => void;
  #pingedAtMs: number;
  #heardAtMs: number;
  #corked = false;
  #events: ConnectionEvents | null = null;

  constructor(
    ws: WebSocket,
    socket: Duplex,
    address: string,
    limits: WebSocketLimits,
    nowMs: number,
    onCut: (reason: CutReason) => void,
  ) {
    this.#ws = ws;
    this.#socket = socket;
    this.address = address;
    this.#limits = limits;
    this.openedAtMs = nowMs;
    this.#pingedAtMs = nowMs;
    this.#heardAtMs = nowMs;
    this.#onCut = onCut;
  }

  /** From here on messages are handed out. */
  start(events: ConnectionEvents, now: () => number): void {
    this.#events = events;
    this.#ws.on("message", (data: RawData, isBinary: boolean) => {
      if (!this.isOpen) return;
      if (isBinary) events.onBinary();
      else events.onText(data.toString());
    });
    this.#ws.on("ping", () => events.onControlFrame());
    this.#ws.on("pong", () => {
      this.#heardAtMs = now();
      events.onControlFrame();
    });
    // Broken frames, bad UTF-8 and oversized messages: ws answers with the close code that says so.
    this.#ws.on("error", () => this.#onCut("broken"));
    this.#ws.on("close", () => {
      this.#events = null;
      events.onClose();
    });
  }

  get isOpen(): boolean {
    return this.#events !== null && this.#ws.readyState === this.#ws.OPEN;
  }

  /**
   * Sends one text message. The same bytes may go to many sockets. What one turn of the event loop
   * sends leaves in one write.
   */
  send(text: string | Buffer): void {
    if (!this.isOpen) return;
    if (this.#ws.bufferedAmount > this.#limits.bufferedBytesMax) {
      this.cut("slow");
      return;
    }
    if (!this.#corked) {
      this.#corked = true;
      this.#socket.cork();
      process.nextTick(this.#uncork);
    }
    this.#ws.send(text, textFrame);
  }

  readonly #uncork = (): void => {
    this.#corked = false;
    this.#socket.uncork();
  };

  /** Stops and resumes reading: what the client sends waits in its own kernel. */
  pause(): void {
    this.#ws.pause();
  }
  resume(): void {
    this.#ws.resume();
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, reason);
  }

  /** Closes because of what the client did. Nothing more is read from it. */
  closeFor(reason: CutReason, code: number, text: string): void {
    if (!this.isOpen) return;
    this.#onCut(reason);
    this.close(code, text);
  }

  /** Ends the socket at once, without waiting for the other side. */
  cut(reason: CutReason): void {
    this.#onCut(reason);
    this.terminate();
  }
  terminate(): void {
    this.#ws.terminate();
  }

  /** Pings when it is time; ends what is silent or too old. */
  sweep(nowMs: number): void {
    if (!this.isOpen) return;
    if (nowMs - this.#heardAtMs >= this.#limits.pongTimeoutMs) {
      this.cut("silent");
    } else if (nowMs - this.openedAtMs >= this.#limits.lifeMs) {
      this.closeFor("old", closeCode.goingAway, "the connection has reached its age limit");
    } else if (nowMs - this.#pingedAtMs >= this.#limits.pingIntervalMs) {
      this.#pingedAtMs = nowMs;
      this.#ws.ping(String(nowMs));
    }
  }
}
