import * as orderSlab from "../books/order-slab.ts";
import * as wordReader from "../bytes/word-reader.ts";
import * as orderCommands from "../commands/order-command.ts";
import * as cancelling from "./cancelling.ts";

// Locals, because V8 folds those into the code; what is imported it loads and checks at each use.
const { cancelField } = cancelling;
const { kindHasTerms, placeField, termsField, termsWords } = orderCommands;
const { clientIdWords } = orderSlab;
const { isText } = wordReader;

const clientIdBytesMax = clientIdWords * 4;

/** Where a placeOrder body ends, -1 when it does not lie within `end`. */
export function placeEnd(words: Int32Array, body: number, end: number): number {
  if (body + placeField.clientId > end) return -1;
  const terms = textEnd(words, body + placeField.clientIdBytes, end);
  if ((words[body + placeField.kind]! & kindHasTerms) === 0 || terms < 0) return terms;
  if (terms + termsWords > end) return -1;
  // Numbers of two words that are exact: below 2^53.
  const high =
    words[terms + termsField.icebergLots + 1]! |
    words[terms + termsField.expireAtMs + 1]! |
    words[terms + termsField.strategyId + 1]!;
  return high >>> 21 === 0 ? terms + termsWords : -1;
}

/** Where a cancelOrder body ends, -1 when it does not lie within `end`. */
export function cancelEnd(words: Int32Array, body: number, end: number): number {
  if (body + cancelField.clientId > end) return -1;
  const second = textEnd(words, body + cancelField.clientIdBytes, end);
  return second < 0 || second >= end ? -1 : textEnd(words, second, end);
}

/** Where a client id ends whose byte count lies at words[at], -1 when it does not lie within `end`. */
export function textEnd(words: Int32Array, at: number, end: number): number {
  const bytes = words[at]!;
  if (bytes < 0 || bytes > clientIdBytesMax) return -1;
  const next = at + 1 + ((bytes + 3) >>> 2);
  return next <= end && (bytes === 0 || isText(words, at + 1, bytes)) ? next : -1;
}
