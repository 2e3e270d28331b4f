import {
  BATCH_BYTES_MAX,
  type CommandLog,
  type LogEntry,
  LogError,
  type LogErrorCode,
  type LogPoint,
} from "@halcyon/log";
import type { FaultCounts } from "./faults.ts";
import type { LogEngine } from "./log-engine.ts";
import { never, type SimProcess } from "./sim-process.ts";

type Fate = "written" | "refused" | "lostRequest" | "lostAnswer" | "lateWrite" | "doubleWrite";

const unavailableAfterMsMax = 1_500;
const lateByMsMax = 8_000;
const runEntriesMax = 64;

/** One process's handle on the log: the port, with everything that the port leaves open going wrong. */
export class SimLog implements CommandLog {
  readonly #process: SimProcess;
  readonly #engine: LogEngine;
  readonly #faults: FaultCounts;
  #lastArrivalUs = 0;
  /** Called around the moments that the outside can see: a crash may come right there. */
  beforeAppend: () => void = () => {};
  afterAppend: () => void = () => {};
  /** Called when the owner begins to follow: its state is there, and nothing of the log is applied yet. */
  beforeRead: () => void = () => {};

  constructor(process: SimProcess, engine: LogEngine, faults: FaultCounts) {
    this.#process = process;
    this.#engine = engine;
    this.#faults = faults;
  }

  append(batch: Uint8Array): Promise<number> {
    this.beforeAppend();
    if (!this.#process.alive) return never();
    if (batch.byteLength > BATCH_BYTES_MAX) return Promise.reject(failure("too-large"));
    const bytes = batch.slice();
    const answer = new Promise<number>((resolve, reject) => {
      this.#send(bytes, this.#drawFate(), resolve, reject);
    });
    this.afterAppend();
    return answer;
  }

  read(after: LogPoint | null, signal: AbortSignal): AsyncIterable<readonly LogEntry[]> {
    this.beforeRead();
    return this.#runs(after, signal);
  }

  async *#runs(after: LogPoint | null, signal: AbortSignal): AsyncGenerator<readonly LogEntry[]> {
    const engine = this.#engine;
    const tail = new Tail(this.#process, engine, signal);
    let next = (after?.position ?? 0) + 1;
    try {
      while (!signal.aborted) {
        if (next < engine.first) throw failure("trimmed");
        if (after !== null && after.position > engine.head) throw failure("diverged");
        if (engine.random.chance(engine.weather.readBreaks)) {
          this.#faults.add("log read breaks");
          throw failure("unavailable");
        }
        const count = Math.min(tail.seen - next + 1, 1 + engine.random.below(runEntriesMax));
        if (count <= 0) {
          await tail.more(next);
          continue;
        }
        const run = engine.all.slice(next - 1, next - 1 + count).map(toEntry);
        next += count;
        yield run;
        // The port lends its bytes for one step only: who kept them sees it.
        for (const entry of run) entry.batch.fill(0xee);
      }
    } finally {
      tail.close();
    }
  }

  async head(): Promise<LogPoint | null> {
    await this.#roundTrip();
    const { head } = this.#engine;
    return head === 0 ? null : { position: head, cursor: `r${head}` };
  }

  async first(): Promise<number> {
    await this.#roundTrip();
    return this.#engine.first;
  }

  async trim(before: number): Promise<void> {
    await this.#roundTrip();
    this.#engine.trim(before);
  }

  async close(): Promise<void> {}

  #roundTrip(): Promise<void> {
    const delayMs = this.#engine.random.skewed(0.05, this.#engine.weather.answerMsMax);
    return new Promise((resolve) => this.#process.after(delayMs, resolve));
  }

  #drawFate(): Fate {
    const { random, weather } = this.#engine;
    const kinds = ["refused", "lostRequest", "lostAnswer", "lateWrite", "doubleWrite"] as const;
    let draw = random.unit();
    for (const kind of kinds) {
      draw -= weather[kind];
      if (draw < 0) {
        this.#faults.add(`log ${kind}`);
        return kind;
      }
    }
    return "written";
  }

  #send(
    bytes: Uint8Array,
    fate: Fate,
    resolve: (position: number) => void,
    reject: (error: LogError) => void,
  ): void {
    const { random, weather } = this.#engine;
    const answerMs = () => random.skewed(0.05, weather.answerMsMax);
    if (fate === "refused") {
      const code = random.pick<LogErrorCode>(["busy", "no-space"]);
      this.#process.after(answerMs(), () => reject(failure(code)));
      return;
    }
    if (fate === "lostRequest" || fate === "lateWrite") {
      const givenUpMs = random.skewed(1, unavailableAfterMsMax);
      this.#process.after(givenUpMs, () => reject(failure("unavailable")));
      // The engine may still have it on its way when the client has long given up.
      if (fate === "lateWrite") {
        const lateMs = givenUpMs + random.skewed(0.1, lateByMsMax);
        this.#engine.scheduler.after(lateMs, () => this.#engine.write(bytes, this.#process));
      }
      return;
    }
    this.#arrive(random.skewed(0.05, weather.writeMsMax), () => {
      const position = this.#engine.write(bytes, this.#process);
      if (fate === "doubleWrite") {
        const againMs = random.skewed(0, weather.writeMsMax);
        this.#engine.scheduler.after(againMs, () => this.#engine.write(bytes, this.#process));
      }
      const lost = fate === "lostAnswer";
      const delayMs = lost ? random.skewed(1, unavailableAfterMsMax) : answerMs();
      this.#process.after(delayMs, () => {
        if (lost) reject(failure("unavailable"));
        else resolve(position);
      });
    });
  }

  /** What is on its way to the engine when its process dies arrives or is lost, as it happens. */
  #arrive(delayMs: number, write: () => void): void {
    const { scheduler, weather, random } = this.#engine;
    const earliestUs = weather.reorders ? 0 : this.#lastArrivalUs;
    const arrivalUs = Math.max(scheduler.nowUs + delayMs * 1000, earliestUs);
    this.#lastArrivalUs = arrivalUs;
    const survives = random.chance(0.5);
    const attempt = () => {
      const stallMs = this.#engine.stallLeftMs;
      if (stallMs > 0) scheduler.after(stallMs, attempt);
      else if (this.#process.alive || survives) write();
    };
    scheduler.after((arrivalUs - scheduler.nowUs) / 1000, attempt);
  }
}

/** How far one reader sees: deliveries take their time, and come in order. */
class Tail {
  seen: number;
  readonly #signal: AbortSignal;
  #wake: () => void = () => {};
  readonly #stopHearing: () => void;
  readonly #forgetDeath: () => void;

  constructor(process: SimProcess, engine: LogEngine, signal: AbortSignal) {
    this.#signal = signal;
    this.seen = engine.head;
    this.#stopHearing = engine.onWrite((position) => {
      const delayMs = engine.random.skewed(0.02, engine.weather.deliveryMsMax);
      process.after(delayMs, () => {
        this.seen = Math.max(this.seen, position);
        this.#wake();
      });
    });
    this.#forgetDeath = process.onDeath(this.#stopHearing);
  }

  /** Resolves when the position may be read, or when the signal aborts. */
  more(position: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#signal.removeEventListener("abort", done);
        this.#wake = () => {};
        resolve();
      };
      this.#wake = () => {
        if (this.seen >= position) done();
      };
      this.#signal.addEventListener("abort", done);
    });
  }

  close(): void {
    this.#stopHearing();
    this.#forgetDeath();
  }
}

function toEntry({ position, bytes }: { position: number; bytes: Uint8Array }): LogEntry {
  return { position, cursor: `r${position}`, batch: bytes.slice() };
}

function failure(code: LogErrorCode): LogError {
  return new LogError(code, `the simulated log answers ${code}`);
}
