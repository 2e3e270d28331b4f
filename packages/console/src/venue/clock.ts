/** How far this machine's clock is behind the venue's; 0 until it was asked. */
let offsetMs = 0;

/** Sets the clock by the venue's answer to a question that was sent then. */
export function setClock(serverTimeMs: number, sentMs: number): void {
  offsetMs = serverTimeMs - (sentMs + Date.now()) / 2;
}

/** The venue's time. */
export function venueNowMs(): number {
  return Date.now() + Math.round(offsetMs);
}
