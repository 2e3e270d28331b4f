import type { WebSocketLimits } from "./websocket-limits.ts";

export type AdmissionRefusal = "full" | "too-many-sockets" | "too-many-connects";

type AddressRecord = { open: number; connects: number; windowStartMs: number };

/** Who may open another socket: counts sockets in total and per address, and attempts per window. */
export class Admission {
  readonly #limits: WebSocketLimits;
  readonly #addresses = new Map<string, AddressRecord>();
  #open = 0;

  constructor(limits: WebSocketLimits) {
    this.#limits = limits;
  }

  get open(): number {
    return this.#open;
  }

  /** Counts the attempt; null: the socket is counted too, and `release` must follow when it is gone. */
  admit(address: string, nowMs: number): AdmissionRefusal | null {
    const limits = this.#limits;
    let record = this.#addresses.get(address);
    if (record === undefined) {
      if (this.#addresses.size >= limits.addressesMax) return "full";
      record = { open: 0, connects: 0, windowStartMs: nowMs };
      this.#addresses.set(address, record);
    }
    if (nowMs - record.windowStartMs >= limits.connectWindowMs) {
      record.windowStartMs = nowMs;
      record.connects = 0;
    }
    if (record.connects >= limits.connectsMax) return "too-many-connects";
    record.connects++;
    if (record.open >= limits.socketsPerAddressMax) return "too-many-sockets";
    if (this.#open >= limits.socketsMax) return "full";
    record.open++;
    this.#open++;
    return null;
  }

  release(address: string): void {
    const record = this.#addresses.get(address);
    if (record === undefined || record.open === 0) throw new Error("released a socket twice");
    record.open--;
    this.#open--;
  }

  /** Seconds until an address that was turned away for its attempts may try again. */
  retryAfterSeconds(address: string, nowMs: number): number {
    const record = this.#addresses.get(address);
    if (record === undefined) return 1;
    const leftMs = record.windowStartMs + this.#limits.connectWindowMs - nowMs;
    return Math.max(1, Math.ceil(leftMs / 1000));
  }

  /** Forgets the addresses that have nothing open and nothing to be held against them. */
  sweep(nowMs: number): void {
    for (const [address, record] of this.#addresses) {
      const over = nowMs - record.windowStartMs >= this.#limits.connectWindowMs;
      if (record.open === 0 && over) this.#addresses.delete(address);
    }
  }
}
