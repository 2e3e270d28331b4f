import type { Random } from "@halcyon/sim";

/** Where counts, sizes and signs tip over. */
const oddWords = [
  ...[0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 31, 32, 33, 35, 36, 37, 64, 127, 128, 255, 256],
  ...[1023, 1024, 4095, 4096, 65_535, 65_536, 1 << 20, 0x1f_ffff, 0x20_0000, 1 << 24],
  ...[0x7fff_ffff, -1, -2, -0x8000_0000, 0x0101_0101, 0x8080_8080 | 0],
] as const;
/** Where numbers stop to be whole, exact or numbers. */
const oddNumbers = [0, -0, 1, -1, 0.5, 2 ** 31, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), 1e300, NaN];

/** Words with one or a few of them changed, put in, left out or put elsewhere; `donor` is taken from. */
export function mutateWords(random: Random, words: Int32Array, donor: Int32Array): Int32Array {
  let changed: Int32Array = words.slice();
  for (let count = random.pick([1, 1, 1, 2, 4]); count > 0; count--) {
    changed = random.chance(0.75)
      ? changeWord(random, changed, donor)
      : moveWords(random, changed, donor);
  }
  return changed;
}

/** As long as before. */
function changeWord(random: Random, words: Int32Array, donor: Int32Array): Int32Array {
  if (words.length < 2) return words;
  const at = random.below(words.length);
  switch (random.below(8)) {
    case 0:
    case 1:
      words[at] = words[at]! ^ (1 << random.below(32));
      break;
    case 2:
      words[at] = random.word();
      break;
    case 3:
      words[at] = words[at]! + random.pick([-1, 1, -2, 2, 16, -16]);
      break;
    case 4:
      // A slot, a link or an id of something else.
      words[at] = words[random.below(words.length)]!;
      break;
    case 5:
      words.set(donor.subarray(at, at + 1), at);
      break;
    case 6:
      words.set(
        new Int32Array(Float64Array.of(random.pick(oddNumbers)).buffer).subarray(0, 2),
        Math.min(at, words.length - 2),
      );
      break;
    default:
      words[at] = random.pick(oddWords);
  }
  return words;
}

/** Longer, shorter, or in another order. */
function moveWords(random: Random, words: Int32Array, donor: Int32Array): Int32Array {
  const at = random.below(words.length + 1);
  const length = random.pick([1, 1, 2, 4, 16, 64]);
  switch (random.below(4)) {
    case 0:
      return joined(words.subarray(0, at), words.subarray(at + length));
    case 1:
      return words.slice(0, at);
    case 2:
      return joined(words.subarray(0, at), words.subarray(at, at + length), words.subarray(at));
    default: {
      const from = random.below(donor.length + 1);
      return joined(words.subarray(0, at), donor.subarray(from, from + length), words.subarray(at));
    }
  }
}

export function joined(...parts: readonly Int32Array[]): Int32Array {
  const whole = new Int32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function bytesOf(words: Int32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength).slice();
}

/** The whole words at the beginning of some bytes, copied. */
export function wordsOf(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.slice(0, bytes.length & ~3).buffer);
}
