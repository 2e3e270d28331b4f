import { readFileSync } from "node:fs";
import { deflateRawSync, inflateRawSync } from "node:zlib";

/** A case that failed once. */
export type FailedCase = {
  readonly decoder: string;
  readonly seed: number;
  readonly case: number;
  readonly why: string;
  readonly bytes: Uint8Array;
};

/** One line of JSON; the bytes deflated, because most of a snapshot says little, and in base64. */
export function caseLine({ bytes, ...rest }: FailedCase): string {
  const deflated = deflateRawSync(bytes, { level: 9 }).toString("base64");
  return JSON.stringify({ ...rest, deflated });
}

export function readCase(path: string): FailedCase {
  const { deflated, ...rest } = JSON.parse(readFileSync(path, "utf8")) as Omit<
    FailedCase,
    "bytes"
  > & { readonly deflated: string };
  return { ...rest, bytes: new Uint8Array(inflateRawSync(Buffer.from(deflated, "base64"))) };
}
