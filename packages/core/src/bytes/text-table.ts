import { doubledWords } from "./doubling.ts";
import { isText, readText, type WordReader } from "./word-reader.ts";
import { WordWriter } from "./word-writer.ts";

/**
 * Texts that are only ever added, and seldom read: as a snapshot has them, length in bytes and the
 * bytes in UTF-8, each padded to a whole word. A million of them are no work for the garbage collector
 * and are restored by copying.
 */
export class TextTable {
  private words: Int32Array = new Int32Array(256);
  private wordCount = 0;
  /** Where each text begins. */
  private starts: Int32Array = new Int32Array(64);
  private texts = 0;

  get count(): number {
    return this.texts;
  }

  add(text: string): void {
    const written = new WordWriter(64).text(text);
    while (this.wordCount + written.length > this.words.length) {
      this.words = doubledWords(this.words);
    }
    this.words.set(written.words.subarray(0, written.length), this.wordCount);
    if (this.texts === this.starts.length) this.starts = doubledWords(this.starts);
    this.starts[this.texts++] = this.wordCount;
    this.wordCount += written.length;
  }

  /** The text of this number, counted from 0; undefined where there is none. */
  get(index: number): string | undefined {
    const start = index < this.texts ? this.starts[index] : undefined;
    return start === undefined
      ? undefined
      : (readText(this.words, start + 1, this.words[start]!) ?? undefined);
  }

  /** How many they are, then one after the other. */
  save(w: WordWriter): void {
    w.i32(this.texts).all(this.words.subarray(0, this.wordCount));
  }

  /** What `save` wrote; throws where the words are not so many texts of at most so many bytes. */
  static read(r: WordReader, lengthMaxBytes: number): TextTable {
    const table = new TextTable();
    const count = r.i32();
    if (count < 0 || count > r.end - r.at) throw new Error(`${count} texts do not fit`);
    table.starts = new Int32Array(Math.max(count, 1));
    const first = r.at;
    const { words } = r;
    for (let i = 0; i < count; i++) {
      table.starts[i] = r.at - first;
      const at = r.skipBytes(lengthMaxBytes);
      if (at < 0 || !isText(words, at, words[at - 1]!)) throw new Error(`text ${i} is none`);
    }
    table.texts = count;
    table.wordCount = r.at - first;
    table.words = new Int32Array(Math.max(table.wordCount, 1));
    table.words.set(words.subarray(first, r.at));
    return table;
  }
}
