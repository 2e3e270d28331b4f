/** A copy of a table with twice as many places; the new ones hold 0. */
export function doubledWords(words: Int32Array): Int32Array {
  const doubled = new Int32Array(words.length * 2);
  doubled.set(words);
  return doubled;
}

/** The same for exact numbers. */
export function doubledNumbers(numbers: Float64Array): Float64Array {
  const doubled = new Float64Array(numbers.length * 2);
  doubled.set(numbers);
  return doubled;
}
