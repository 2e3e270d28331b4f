import type { Cluster } from "./cluster.ts";
import type { Load } from "./load/load.ts";
import type { Trader } from "./load/provision.ts";
import type { Bars } from "./report.ts";

/** What a drill has in its hands while the load runs. */
export type DrillHands = {
  readonly cluster: Cluster;
  readonly load: Load;
  /** An account that the load does not use. */
  readonly trader: Trader;
  /** More clients, which heed nothing, at so many orders a second, for so long. */
  flood(ordersPerSecond: number, durationMs: number): Promise<void>;
  /** Orders a second before and after the fault. */
  readonly rate: number;
  /** How often this drill ran before in this call: it picks another victim each time. */
  readonly round: number;
  /** Something is broken from now on; where it is all that is behind one endpoint, which one. */
  breaks(deadEndpoint?: string): void;
  /** Nothing is broken any more: from here on it recovers. */
  heals(): void;
  note(text: string): void;
  /** Something that the drill itself saw does not hold. */
  miss(text: string): void;
};

export type Drill = {
  readonly name: string;
  /** What is done, in a sentence. */
  readonly about: string;
  readonly bars: Bars;
  /** Before the load begins. */
  readonly prepare?: (cluster: Cluster, round: number) => Promise<void>;
  readonly run: (hands: DrillHands) => Promise<void>;
  /** After the load, also where the drill failed: leaves the cluster as it was. */
  readonly tidy?: (cluster: Cluster, round: number) => Promise<void>;
};
