import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { openSocket } from "./raw-http.ts";

export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export type Frame = {
  readonly opcode: number;
  readonly payload?: string | Buffer;
  /** Whether it is the message's last; false begins or continues a fragmented one. */
  readonly isLast?: boolean;
  readonly isMasked?: boolean;
  /** Bits that only extensions may set. */
  readonly reserved?: number;
  /** Said in place of the payload's own length. */
  readonly statedBytes?: number;
};

/** How a server answered: its messages as text, and how it closed (null: not at all). */
export type Heard = {
  readonly messages: readonly string[];
  readonly closeCode: number | null;
};

/** A WebSocket of which every byte is chosen, on either side of what the protocol allows. */
export class RawWebSocket {
  readonly messages: string[] = [];
  /** Code of the server's close frame; 1006 when the connection ended without one. */
  closeCode: number | null = null;
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #isOpen = false;
  #waiting: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.closeCode ??= 1006;
      this.#wake();
    });
    socket.on("data", (chunk: Buffer) => this.#onData(chunk));
  }

  static async open(port: number, path: string, from?: string): Promise<RawWebSocket> {
    const webSocket = new RawWebSocket(openSocket(port, from));
    webSocket.#socket.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    await webSocket.until(() => webSocket.#isOpen);
    if (!webSocket.#isOpen) throw new Error(`no WebSocket at ${path}`);
    return webSocket;
  }

  get socket(): Socket {
    return this.#socket;
  }

  send(...frames: readonly (Frame | string)[]): void {
    this.#socket.write(
      Buffer.concat(
        frames.map((frame) =>
          frameBytes(typeof frame === "string" ? { opcode: opcode.text, payload: frame } : frame),
        ),
      ),
    );
  }

  /** Until this is so, or the connection has ended. */
  async until(isSo: () => boolean, deadlineMs = 10_000): Promise<void> {
    const endMs = performance.now() + deadlineMs;
    while (!isSo() && this.closeCode === null) {
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) throw new Error(`in vain; heard ${this.messages.slice(-3).join()}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #onData(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    if (!this.#isOpen) {
      const end = this.#received.indexOf("\r\n\r\n");
      if (end < 0) return;
      const head = this.#received.toString("latin1", 0, end);
      if (!head.startsWith("HTTP/1.1 101 ")) {
        this.#socket.destroy(new Error(head));
        return;
      }
      this.#isOpen = true;
      this.#received = this.#received.subarray(end + 4);
    }
    while (this.#takeFrame());
    this.#wake();
  }

  /** Servers send whole, unmasked messages. */
  #takeFrame(): boolean {
    const bytes = this.#received;
    if (bytes.length < 2) return false;
    let length = bytes[1]! & 127;
    let at = 2;
    if (length === 126) {
      if (bytes.length < 4) return false;
      length = bytes.readUInt16BE(2);
      at = 4;
    } else if (length === 127) {
      if (bytes.length < 10) return false;
      length = Number(bytes.readBigUInt64BE(2));
      at = 10;
    }
    if (bytes.length < at + length) return false;
    const payload = bytes.subarray(at, at + length);
    const kind = bytes[0]! & 15;
    if (kind === opcode.text) this.messages.push(payload.toString("utf8"));
    if (kind === opcode.close) this.closeCode = length >= 2 ? payload.readUInt16BE(0) : 1005;
    this.#received = bytes.subarray(at + length);
    return true;
  }
}

export function frameBytes(frame: Frame): Buffer {
  const { isLast = true, isMasked = true, reserved = 0 } = frame;
  const payload = Buffer.from(frame.payload ?? "");
  const length = frame.statedBytes ?? payload.length;
  const first = (isLast ? 0x80 : 0) | (reserved << 4) | frame.opcode;
  const mark = isMasked ? 0x80 : 0;
  const head =
    length < 126
      ? Buffer.from([first, mark | length])
      : length < 65_536
        ? Buffer.from([first, mark | 126, length >>> 8, length & 255])
        : Buffer.concat([Buffer.from([first, mark | 127]), bigEndian64(length)]);
  if (!isMasked) return Buffer.concat([head, payload]);
  const mask = randomBytes(4);
  const masked = payload.map((byte, index) => byte ^ mask[index & 3]!);
  return Buffer.concat([head, mask, masked]);
}

function bigEndian64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
