/** Words that a client order id takes: 36 bytes, the most that the core lets in. */
export const clientIdWordCount = 9;

const words = new Int32Array(clientIdWordCount);
const bytes = Buffer.from(words.buffer);

/** A client order id as words, padded with zeros, and its length: one at a time, in place. */
export const clientIdScratch = {
  words,
  byteCount: 0,
  hash: 0,

  set(account: number, clientOrderId: string): void {
    words.fill(0);
    this.byteCount = bytes.write(clientOrderId, 0, "utf8");
    this.hashOf(account);
  },

  /** The same from words that hold it already. */
  setWords(account: number, from: Int32Array, at: number, byteCount: number): void {
    const wordCount = (byteCount + 3) >>> 2;
    for (let i = 0; i < clientIdWordCount; i++) words[i] = i < wordCount ? from[at + i]! : 0;
    this.byteCount = byteCount;
    this.hashOf(account);
  },

  hashOf(account: number): void {
    let hash = Math.imul(account, 0x85ebca6b) ^ this.byteCount;
    for (let i = 0; i < clientIdWordCount; i++) {
      hash = Math.imul(hash ^ words[i]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    this.hash = hash;
  },

  read(from: Int32Array, at: number, byteCount: number): string {
    for (let i = 0; i < clientIdWordCount; i++) words[i] = from[at + i]!;
    return bytes.toString("utf8", 0, byteCount);
  },
};
