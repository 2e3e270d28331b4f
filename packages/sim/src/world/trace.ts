/**
 * What happened, as a hash over everything and, on demand, as lines. Two runs of a seed are the same
 * run exactly when their hashes are.
 */
export class Trace {
  #a = 0x6a09e667;
  #b = 0xbb67ae85;
  readonly #print: ((line: string) => void) | null;

  constructor(print: ((line: string) => void) | null = null) {
    this.#print = print;
  }

  get hash(): string {
    return [this.#a, this.#b].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }

  number(value: number): void {
    this.#word(value | 0);
    this.#word((value / 4294967296) | 0);
  }

  note(atUs: number, who: string, what: string, detail: string | number = ""): void {
    this.number(atUs);
    this.#text(who);
    this.#text(what);
    if (typeof detail === "number") this.number(detail);
    else this.#text(detail);
    if (this.#print !== null) {
      const seconds = (atUs / 1e6).toFixed(6).padStart(13);
      this.#print(`${seconds}  ${who.padEnd(10)} ${what} ${detail}`.trimEnd());
    }
  }

  bytes(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) this.#word(bytes[i]!);
  }

  #text(text: string): void {
    this.#word(text.length);
    for (let i = 0; i < text.length; i++) this.#word(text.charCodeAt(i));
  }

  #word(word: number): void {
    this.#a = Math.imul(this.#a ^ word, 0x85ebca6b);
    this.#a ^= this.#a >>> 15;
    this.#b = (Math.imul(this.#b, 0xc2b2ae35) + (word ^ this.#a)) | 0;
    this.#b ^= this.#b >>> 13;
  }
}
