import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { dayMs } from "./candle-interval.ts";

const tenSecondsMs = 10_000;
/** Words per account: 10 s window, its count, day window, its count. */
const accountWords = 4;

/**
 * Orders of each account that nobody has traded with, in the running 10 seconds and the running UTC
 * day of log time: so every node counts the same. An order's first fill gives its count back.
 */
export class OrderCounts {
  #words = new Int32Array(64 * accountWords);

  /** As of `nowMs`, which is log time. */
  of(account: number, nowMs: number): { readonly tenSeconds: number; readonly day: number } {
    const words = this.#words;
    const at = account * accountWords;
    if (at >= words.length) return { tenSeconds: 0, day: 0 };
    return {
      tenSeconds: words[at] === Math.floor(nowMs / tenSecondsMs) ? words[at + 1]! : 0,
      day: words[at + 2] === Math.floor(nowMs / dayMs) ? words[at + 3]! : 0,
    };
  }

  placed(account: number, timeMs: number): void {
    this.#moveTo(account, timeMs);
    const at = account * accountWords;
    this.#words[at + 1]!++;
    this.#words[at + 3]!++;
  }

  filledFirst(account: number, timeMs: number): void {
    this.#moveTo(account, timeMs);
    const words = this.#words;
    const at = account * accountWords;
    if (words[at + 1]! > 0) words[at + 1]!--;
    if (words[at + 3]! > 0) words[at + 3]!--;
  }

  /** Begins new windows when those of the account have passed. */
  #moveTo(account: number, timeMs: number): void {
    const at = account * accountWords;
    if (at >= this.#words.length) {
      const grown = new Int32Array(Math.max(at + accountWords, this.#words.length * 2));
      grown.set(this.#words);
      this.#words = grown;
    }
    const words = this.#words;
    const tenSecondsWindow = Math.floor(timeMs / tenSecondsMs);
    if (words[at] !== tenSecondsWindow) {
      words[at] = tenSecondsWindow;
      words[at + 1] = 0;
    }
    const dayWindow = Math.floor(timeMs / dayMs);
    if (words[at + 2] !== dayWindow) {
      words[at + 2] = dayWindow;
      words[at + 3] = 0;
    }
  }

  save(out: ByteWriter): void {
    const words = this.#words;
    for (let at = 0; at < words.length; at += accountWords) {
      if (words[at + 2] === 0) continue;
      out.u53(1 + at / accountWords);
      for (let field = 0; field < accountWords; field++) out.u53(words[at + field]!);
    }
    out.u53(0);
  }

  /** Into a view that is still empty. */
  restore(from: ByteReader): void {
    for (let next = from.u53(); next !== 0; next = from.u53()) {
      const account = next - 1;
      const fields = [from.u53(), from.u53(), from.u53(), from.u53()];
      this.#moveTo(account, fields[2]! * dayMs);
      this.#words.set(fields, account * accountWords);
    }
  }
}
