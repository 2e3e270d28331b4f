/** A node of the venue, where others reach it as clients do. */
export type Peer = {
  readonly name: string;
  readonly region: string;
  readonly host: string;
  readonly port: number;
};

/** What a node's process knows of itself. */
export type NodeStatus = {
  /** `ready`, or why it should get no traffic, in a word. */
  readonly state: string;
  readonly reasons: readonly string[];
  /** How busy its thread is, 0 to 1. */
  readonly load: number;
  readonly startedAtMs: number;
  /** Its time less that of the newest batch that it has applied. */
  readonly lagMs: number;
  readonly stateHash: string;
  readonly commandsApplied: number;
  /** Peers whose latest claims of the state's hash it agrees with, or not. */
  readonly peersAgreeing: number;
  readonly peersDisagreeing: number;
};

export type NodeControl = {
  status(): NodeStatus;
  drain(): void;
  undrain(): void;
};
