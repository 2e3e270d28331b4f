import { batchDecoder } from "./batch.ts";
import type { Decoder } from "./decoder.ts";
import { restDecoder } from "./rest.ts";
import { snapshotDecoder } from "./snapshot.ts";
import { websocketDecoder } from "./websocket.ts";

/** Made when they are asked for: each prepares what its cases meet. */
const makers: Readonly<Record<string, () => Decoder>> = {
  batch: batchDecoder,
  snapshot: snapshotDecoder,
  rest: restDecoder,
  websocket: websocketDecoder,
};

export const decoderNames: readonly string[] = Object.keys(makers);

export function decoderNamed(name: string): Decoder {
  const make = makers[name];
  if (make === undefined) {
    throw new Error(`There is no decoder ${name}: ${decoderNames.join(", ")}.`);
  }
  return make();
}
