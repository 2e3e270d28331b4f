/** What one socket, one address and the whole node may use. Times are settable so that tests need not wait. */
export type WebSocketLimits = {
  /** Sockets open at once on this node, and from one address. */
  readonly socketsMax: number;
  readonly socketsPerAddressMax: number;
  /** Attempts to connect of one address within the window. */
  readonly connectsMax: number;
  readonly connectWindowMs: number;
  /** Addresses remembered at once; beyond that new ones are turned away until others have left. */
  readonly addressesMax: number;
  /** The server pings so often, and cuts a socket that has not answered for so long. */
  readonly pingIntervalMs: number;
  readonly pongTimeoutMs: number;
  /** A socket lives no longer than this. */
  readonly lifeMs: number;
  /** How long a closing handshake may take. */
  readonly closeTimeoutMs: number;
  /** Control messages, pings and pongs of one market socket: refilled so fast, saved up to the burst. */
  readonly controlPerSecond: number;
  readonly controlBurst: number;
  readonly streamsPerSocketMax: number;
  /** Largest message from a client. 1,024 stream names in one SUBSCRIBE must fit. */
  readonly controlPayloadBytesMax: number;
  readonly apiPayloadBytesMax: number;
  /** A socket whose reader lets more than this pile up is cut. */
  readonly bufferedBytesMax: number;
  /** Requests of one WebSocket API socket that are worked on at once; reading pauses beyond that. */
  readonly inFlightMax: number;
  /** User data subscriptions of one WebSocket API socket. */
  readonly subscriptionsPerSocketMax: number;
  /** Between the warning before a shutdown and the close. */
  readonly drainGraceMs: number;
};

export const defaultWebSocketLimits: WebSocketLimits = {
  socketsMax: 20_000,
  socketsPerAddressMax: 1_000,
  connectsMax: 300,
  connectWindowMs: 300_000,
  addressesMax: 100_000,
  pingIntervalMs: 20_000,
  pongTimeoutMs: 60_000,
  lifeMs: 86_400_000,
  closeTimeoutMs: 5_000,
  controlPerSecond: 5,
  controlBurst: 50,
  streamsPerSocketMax: 1_024,
  controlPayloadBytesMax: 64 << 10,
  apiPayloadBytesMax: 64 << 10,
  bufferedBytesMax: 1 << 20,
  inFlightMax: 256,
  subscriptionsPerSocketMax: 100,
  drainGraceMs: 2_000,
};
