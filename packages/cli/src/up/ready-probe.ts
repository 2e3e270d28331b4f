import { createHmac } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";

export type DemoTrader = { readonly apiKey: string; readonly secret: string };

const everyMs = 50;
const timeoutMs = 2_000;
/** Refusals of a venue that works: its market is halted, its demo trader's key was revoked. */
const lastingRefusals = new Set([-1013, -1121, -2010, -2014, -2015]);
const lastingAfterMs = 3_000;

export type ProbeInput = {
  readonly url: string;
  /** Parameters of an order, without timestamp and signature; null: there is no market to try. */
  readonly order: string | null;
  readonly trader: DemoTrader | null;
  readonly signal: AbortSignal;
  readonly say: (what: string) => void;
};

/**
 * Resolves once a trade through the edge would succeed: the venue accepts the demo trader's test
 * order. A refusal that comes from what the venue's owner did, and stays, counts as well.
 */
export async function whenReady(input: ProbeInput): Promise<{ readonly note: string | null }> {
  let refusedSinceMs: number | null = null;
  while (!input.signal.aborted) {
    const answer = await probe(input);
    if (answer === "accepted") return { note: null };
    const lasting = answer !== null && lastingRefusals.has(answer.code);
    refusedSinceMs = lasting ? (refusedSinceMs ?? Date.now()) : null;
    if (refusedSinceMs !== null && Date.now() - refusedSinceMs > lastingAfterMs) {
      return { note: `the demo trader's test order is refused: ${answer!.msg}` };
    }
    input.say(answer === null ? `waiting for ${input.url}` : `the venue says: ${answer.msg}`);
    await delay(everyMs, undefined, { signal: input.signal }).catch(() => undefined);
  }
  throw new Error("stopped before it was ready");
}

type Refusal = { readonly code: number; readonly msg: string };

async function probe({
  url,
  order,
  trader,
  signal,
}: ProbeInput): Promise<"accepted" | Refusal | null> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const response =
      order === null || trader === null
        ? await fetch(`${url}/api/v3/ping`, { signal: limit })
        : await fetch(`${url}/api/v3/order/test?${signed(order, trader)}`, {
            method: "POST",
            headers: { "x-mbx-apikey": trader.apiKey },
            signal: limit,
          });
    if (response.ok) return "accepted";
    const { code, msg } = (await response.json()) as { code?: unknown; msg?: unknown };
    return typeof code === "number" ? { code, msg: String(msg) } : null;
  } catch {
    // Nobody listens yet, or not for long: the next attempt will tell.
    return null;
  }
}

function signed(order: string, { secret }: DemoTrader): string {
  const query = `${order}&timestamp=${Date.now()}`;
  return `${query}&signature=${createHmac("sha256", secret).update(query).digest("hex")}`;
}
