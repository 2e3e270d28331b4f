import { REFUSALS, type Refusal, refusalBody } from "../refusal.ts";

/** What clients hear that come too often or with too many connections. */
const tooMany: Refusal = {
  status: 429,
  code: -1003,
  msg: "Too many connections from this address; use fewer and keep them open.",
  retryAfterSeconds: 10,
};

/** A rule that ends a request here with a refusal in the dialect. */
export function refuseRule(name: keyof typeof REFUSALS | "tooMany", condition: string): string {
  const refusal: Refusal = name === "tooMany" ? tooMany : REFUSALS[name];
  return `http-request return status ${refusal.status} ${reply(refusal)} if ${condition}`;
}

/**
 * What HAProxy says of its own accord, in the dialect. What never becomes a request (no HTTP, or a
 * head that does not come) gets a text of HAProxy's own under the same statuses.
 */
export function errorReplies(): string[] {
  return [
    `http-error status 400 ${reply(REFUSALS.malformed)}`,
    `http-error status 408 ${reply(REFUSALS.tooSlow)}`,
    // No node answered: the text was chosen when the request came.
    ...[500, 502, 503, 504].map((status) => `http-error status ${status} ${LOST_REPLY}`),
  ];
}

/**
 * Chooses beforehand what is said where no node is asked (`busy`) and where none answers (`lost`).
 * What only reads was not done; what changes something may have been, by a node that died over it:
 * then clients are told to ask.
 */
export function textRules(): string[] {
  const set = (name: string, text: string, condition: string) =>
    `http-request set-var-fmt(txn.${name}) ${quoted(text)} if ${condition}`;
  return [
    set("busy", refusalBody(REFUSALS.overloaded), "!is_admin"),
    set("busy", problem(REFUSALS.overloaded), "is_admin"),
    set("lost", refusalBody(REFUSALS.outcomeUnknown), "!is_admin"),
    set("lost", problem(REFUSALS.outcomeUnknown), "is_admin"),
    "http-request set-var(txn.lost) var(txn.busy) if reads",
  ];
}

const JSON_TYPE = '"application/json;charset=UTF-8"';
const LOST_RETRY_AFTER_MS = 100;
const LOST_REPLY = `content-type ${JSON_TYPE} lf-string "%[var(txn.lost)]"`;

/** A rule that ends a request before any node got it. */
export function busyRule(condition: string): string {
  return `http-request return status 503 content-type ${JSON_TYPE} lf-string "%[var(txn.busy)]" if ${condition}`;
}

/** A rule that puts a text of our own in the place of a node's answer. It may be asked for at once. */
export function lostRule(condition: string): string {
  return `http-response return status 503 ${LOST_REPLY} hdr Halcyon-Retry-After-Ms ${LOST_RETRY_AFTER_MS} if ${condition}`;
}

function reply(refusal: Refusal): string {
  const retryAfter =
    refusal.retryAfterSeconds === undefined ? "" : ` hdr Retry-After ${refusal.retryAfterSeconds}`;
  return `content-type ${JSON_TYPE} string ${quoted(refusalBody(refusal))}${retryAfter}`;
}

/** The admin API speaks RFC 9457 instead. */
function problem({ status, msg }: Refusal): string {
  return JSON.stringify({ type: "about:blank", title: msg, status });
}

/** Nothing means anything inside single quotes but their end. */
export function quoted(text: string): string {
  if (text.includes("'")) throw new Error(`A text for HAProxy holds a quote: ${text}`);
  return `'${text}'`;
}
