/**
 * A 64-bit running hash over 32-bit words, in two lanes of multiply-and-rotate (after MurmurHash3's
 * mixing). It detects divergence and damage; it is no protection against somebody who forges.
 */
export class WordHash {
  a = 0x2f6b37a1;
  b = 0x6a09e667;

  add(words: Int32Array, start: number, end: number): void {
    let a = this.a;
    let b = this.b;
    for (let i = start; i < end; i++) {
      const word = words[i]!;
      a = Math.imul(a ^ Math.imul(word, 0xcc9e2d51), 0x1b873593);
      a ^= a >>> 15;
      b = Math.imul(b ^ word, 0x85ebca6b);
      b = ((b << 13) | (b >>> 19)) + a;
    }
    this.a = a | 0;
    this.b = b | 0;
  }

  addWord(word: number): void {
    this.a = Math.imul(this.a ^ Math.imul(word, 0xcc9e2d51), 0x1b873593);
    this.a ^= this.a >>> 15;
    this.b = Math.imul(this.b ^ word, 0x85ebca6b);
    this.b = (((this.b << 13) | (this.b >>> 19)) + this.a) | 0;
  }
}
