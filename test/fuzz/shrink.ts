import type { Decoder } from "./decoder.ts";
import { reasonOfFailure } from "./run-cases.ts";

const triesMax = 5_000;

/** A smaller case that fails in the same way: parts left out, then words made zero, as far as that goes. */
export async function shrink(
  decoder: Decoder,
  bytes: Uint8Array,
  why: string,
): Promise<Uint8Array> {
  const wanted = kindOf(why);
  const unit = decoder.unitBytes;
  let best = bytes;
  let tries = 0;
  const attempt = async (candidate: Uint8Array): Promise<boolean> => {
    if (tries++ >= triesMax) return false;
    const mended = decoder.mend(candidate);
    const reason = await reasonOfFailure(decoder, mended);
    if (reason === null || kindOf(reason) !== wanted) return false;
    best = mended;
    return true;
  };
  for (let size = ceilingPower(best.length); size >= unit; size >>= 1) {
    for (let at = 0; at < best.length; ) {
      const cut = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
      if (!(await attempt(new Uint8Array(cut)))) at += size;
    }
  }
  for (let at = 0; at < best.length; at += unit) {
    if (best.subarray(at, at + unit).every((byte) => byte === 0)) continue;
    await attempt(best.slice().fill(0, at, at + unit));
  }
  return best;
}

/** A failure but for its figures: the same bug says the same with other numbers. */
function kindOf(why: string): string {
  return why.split("\n", 1)[0]!.replaceAll(/\d+/g, "#");
}

function ceilingPower(length: number): number {
  return 1 << (32 - Math.clz32(Math.max(1, length - 1)));
}
