import type { CommandLog, LogEntry, LogPoint } from "@halcyon/log";

type Held = { readonly batch: Uint8Array; readonly decide: (decision: Decision) => void };
type Decision = { readonly write: boolean; readonly error?: Error };

/** A log whose appends wait until the test lets them go, or makes them fail. */
export class GatedLog implements CommandLog {
  readonly inner: CommandLog;
  readonly held: Held[] = [];
  gated = true;
  appendCount = 0;

  constructor(inner: CommandLog) {
    this.inner = inner;
  }

  async append(batch: Uint8Array): Promise<number> {
    this.appendCount++;
    if (!this.gated) return this.inner.append(batch);
    const copy = batch.slice();
    const decision = await new Promise<Decision>((decide) => {
      this.held.push({ batch: copy, decide });
    });
    let position = 0;
    if (decision.write) position = await this.inner.append(copy);
    if (decision.error !== undefined) throw decision.error;
    return position;
  }

  release(index = 0): void {
    this.#decide(index, { write: true });
  }

  /** `written`: the batch is in the log all the same, as when an answer is lost. */
  fail(error: Error, written: boolean): void {
    this.#decide(0, { write: written, error });
  }

  open(): void {
    this.gated = false;
    while (this.held.length > 0) this.release();
  }

  read(after: LogPoint | null, signal: AbortSignal): AsyncIterable<readonly LogEntry[]> {
    return this.inner.read(after, signal);
  }
  head(): Promise<LogPoint | null> {
    return this.inner.head();
  }
  first(): Promise<number> {
    return this.inner.first();
  }
  trim(before: number): Promise<void> {
    return this.inner.trim(before);
  }
  close(): Promise<void> {
    return this.inner.close();
  }

  #decide(index: number, decision: Decision): void {
    const [held] = this.held.splice(index, 1);
    if (held === undefined) throw new Error("no append is held");
    held.decide(decision);
  }
}
