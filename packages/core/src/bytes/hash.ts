const seedA = 0x2f6b37a1;
const seedB = 0x6a09e667;

/**
 * A 64-bit running hash over 32-bit words, in two lanes of multiply-and-rotate (after MurmurHash3's
 * mixing). It detects divergence and damage; it is no protection against somebody who forges.
 */
export class WordHash {
  a: number = seedA;
  b: number = seedB;

  /** Begins anew. */
  restart(): void {
    this.a = seedA;
    this.b = seedB;
  }

  add(words: Int32Array, start: number, end: number): void {
    let a = this.a;
    let b = this.b;
    let i = start;
    // Four words a step: their products do not wait for each other, only the two lanes do.
    for (const last = end - 3; i < last; i += 4) {
      a ^= (Math.imul(words[i]!, 0xcc9e2d51) + Math.imul(words[i + 1]!, 0x1b873593)) | 0;
      b ^= (Math.imul(words[i + 2]!, 0xe6546b65) + Math.imul(words[i + 3]!, 0x85ebca6b)) | 0;
      a = (Math.imul(a ^ (a >>> 15), 0x9e3779b1) + b) | 0;
      b = Math.imul((b << 13) | (b >>> 19), 0xc2b2ae35) ^ a;
    }
    this.a = a;
    this.b = b;
    for (; i < end; i++) this.addWord(words[i]!);
  }

  addWord(word: number): void {
    this.a = Math.imul(this.a ^ Math.imul(word, 0xcc9e2d51), 0x1b873593);
    this.a ^= this.a >>> 15;
    this.b = Math.imul(this.b ^ word, 0x85ebca6b);
    this.b = (((this.b << 13) | (this.b >>> 19)) + this.a) | 0;
  }
}
