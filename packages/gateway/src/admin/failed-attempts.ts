/**
 * Failed attempts per address in fixed windows. Only failures count, and a right token is let in
 * whatever the count: guessing 256 bits is hopeless, so what this limits is noise, and nobody can
 * lock the administrators out from an address they share.
 */
export class FailedAttempts {
  private readonly windows = new Map<string, { count: number; endsAtMs: number }>();
  private readonly attemptsMax: number;
  private readonly windowMs: number;
  private readonly addressesMax: number;

  constructor(attemptsMax = 10, windowMs = 60_000, addressesMax = 10_000) {
    this.attemptsMax = attemptsMax;
    this.windowMs = windowMs;
    this.addressesMax = addressesMax;
  }

  /** Counts a failure; returns 0, or how long the address should wait when it has failed too often. */
  add(address: string, nowMs: number): number {
    let window = this.windows.get(address);
    if (window === undefined || window.endsAtMs <= nowMs) {
      // Deleted first, so that the map's order stays the order in which windows end.
      this.windows.delete(address);
      this.makeRoom(nowMs);
      window = { count: 0, endsAtMs: nowMs + this.windowMs };
      this.windows.set(address, window);
    }
    window.count += 1;
    return window.count <= this.attemptsMax ? 0 : window.endsAtMs - nowMs;
  }

  /** How long the address should wait that has failed so often; 0: not at all. Counts nothing. */
  waitMs(address: string, nowMs: number): number {
    const window = this.windows.get(address);
    if (window === undefined || window.count < this.attemptsMax) return 0;
    return Math.max(0, window.endsAtMs - nowMs);
  }

  get addressCount(): number {
    return this.windows.size;
  }

  /** Ended windows go, and the one that ends first when the table is full. */
  private makeRoom(nowMs: number): void {
    for (const [address, window] of this.windows) {
      if (window.endsAtMs > nowMs && this.windows.size < this.addressesMax) return;
      this.windows.delete(address);
    }
  }
}
