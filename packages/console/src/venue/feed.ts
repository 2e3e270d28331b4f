import type { MarketStream, StreamListener } from "./market-stream.ts";
import { createStore, type Store } from "./store.ts";

/** What is known of one market, and how fresh it is. */
export interface FeedState {
  /** `stale`: what is shown is from before an interruption. */
  readonly phase: "starting" | "live" | "stale";
  /** By `performance.now()`: when it last changed; null before the first time. */
  readonly changedAtMs: number | null;
}

export const STARTING: FeedState = { phase: "starting", changedAtMs: null };

const RETRY_MS = 1_000;

/** A stream with a snapshot to begin from: asked for when the stream starts, and when it starts again. */
export abstract class Feed<View> {
  readonly state: Store<FeedState> = createStore(STARTING);
  readonly view: Store<View>;
  readonly #stream: MarketStream;
  readonly #name: string;
  #isOpen = false;

  constructor(stream: MarketStream, name: string, empty: View) {
    this.#stream = stream;
    this.#name = name;
    this.view = createStore(empty);
  }

  /** Follows the stream until the returned function is called. */
  open(): () => void {
    this.#isOpen = true;
    const listener: StreamListener = {
      event: (data) => this.event(data),
      started: () => this.started(),
      stopped: () => this.stale(),
    };
    const close = this.#stream.listen(this.#name, listener);
    return () => {
      this.#isOpen = false;
      this.stale();
      close();
    };
  }

  protected abstract event(data: unknown): void;
  protected abstract started(): void;

  /** Asks until there is an answer, or nobody listens any more. */
  protected async fetched<T>(load: () => Promise<T>): Promise<T | null> {
    while (this.#isOpen) {
      try {
        return await load();
      } catch {
        // The connection's own notice says that the venue does not answer.
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    return null;
  }

  protected changed(view: View): void {
    this.view.set(view);
    this.state.set({ phase: "live", changedAtMs: performance.now() });
  }

  protected stale(): void {
    const { phase, changedAtMs } = this.state.get();
    if (phase === "live") this.state.set({ phase: "stale", changedAtMs });
  }
}
