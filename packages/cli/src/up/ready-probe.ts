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
  /** The market in which demo traders should offer something first; null: none run. */
  readonly offeredIn: string | null;
  readonly signal: AbortSignal;
  readonly say: (what: string) => void;
};

/** Demo traders that offer nothing within this time do not hold the venue up. */
const offeredWithinMs = 15_000;

/**
 * Resolves once a trade through the edge would succeed: the venue accepts the demo trader's test
 * order. A refusal that comes from what the venue's owner did, and stays, counts as well. Null when
 * it was told to stop first.
 */
export async function whenReady(
  input: ProbeInput,
): Promise<{ readonly note: string | null } | null> {
  let refusedSinceMs: number | null = null;
  while (!input.signal.aborted) {
    const answer = await probe(input);
    if (answer === "accepted") return { note: await whenOffered(input) };
    const lasting = answer !== null && lastingRefusals.has(answer.code);
    refusedSinceMs = lasting ? (refusedSinceMs ?? Date.now()) : null;
    if (refusedSinceMs !== null && Date.now() - refusedSinceMs > lastingAfterMs) {
      return { note: `the demo trader's test order is refused: ${answer!.msg}` };
    }
    input.say(answer === null ? `waiting for ${input.url}` : `the venue says: ${answer.msg}`);
    await pause(input.signal);
  }
  return null;
}

/** Waits for somebody to buy from, so that the trade that was printed is one. */
async function whenOffered({ url, offeredIn, signal, say }: ProbeInput): Promise<string | null> {
  if (offeredIn === null) return null;
  const deadline = Date.now() + offeredWithinMs;
  while (!signal.aborted && Date.now() < deadline) {
    const depth = await fetch(`${url}/api/v3/depth?symbol=${offeredIn}&limit=5`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    })
      .then((response) => response.json() as Promise<{ asks?: readonly unknown[] }>)
      // The next attempt will tell; the deadline bounds them.
      .catch(() => null);
    if ((depth?.asks?.length ?? 0) > 0) return null;
    say(`waiting for the demo traders in ${offeredIn}`);
    await pause(signal);
  }
  return "the demo traders offer nothing yet: see halcyon status";
}

/** Ends early when the venue is told to stop. */
async function pause(signal: AbortSignal): Promise<void> {
  await delay(everyMs, undefined, { signal }).catch(() => undefined);
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
