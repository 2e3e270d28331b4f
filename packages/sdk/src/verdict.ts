import type { AnswerHeaders } from "./http-answer.ts";

/**
 * What an answer says about the request.
 *
 *   final      the venue's answer to it, good or bad
 *   declined   this sending surely did nothing; another may do
 *   limited    the same, for the client asks too much: it is not asked again at once
 *   unknown    this sending may have done it; sent again by the same key, the venue tells
 */
export type Verdict = "final" | "declined" | "limited" | "unknown";

/** Time, signature and key are judged before the request, by a clock and a state that may lag behind. */
const aboutTheSending = new Set([-1021, -1022, -2014, -2015]);
const timestampCode = -1021;

/** `mayHaveRun`: an earlier sending of the same request may have been executed. */
export function verdictOf(status: number, code: number | null, mayHaveRun: boolean): Verdict {
  if (status < 400) return "final";
  if (status === 429 || status === 418) return "limited";
  // 425 is for edges, which pass it on as 503.
  if ((status === 503 || status === 425) && code === -1008) return "declined";
  if (status >= 500 || status === 408 || status === 425) return "unknown";
  if (code === timestampCode) return "declined";
  if (status === 403 || (code !== null && aboutTheSending.has(code))) {
    return mayHaveRun ? "declined" : "final";
  }
  return "final";
}

/** The code of an error's body; null when it has none. */
export function codeOf(text: string): number | null {
  const found = /"code":(-?\d{1,6})\b/.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}

/** In milliseconds; null when the answer does not ask to wait. The venue tells it exactly, proxies in seconds. */
export function retryAfterMsOf(headers: AnswerHeaders): number | null {
  const exact = headers["halcyon-retry-after-ms"];
  if (exact !== undefined && /^\d{1,9}$/.test(exact)) return Number(exact);
  const seconds = headers["retry-after"];
  return seconds !== undefined && /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1_000 : null;
}
