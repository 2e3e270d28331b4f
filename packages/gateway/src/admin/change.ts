import {
  type Origin,
  type Refusal,
  type RefusedEvent,
  readEvents,
  type VenueEvent,
  type WordWriter,
} from "@halcyon/core";
import type { Lane, Outcome } from "@halcyon/replica";
import { type Problem, problem } from "./problem.ts";
import { problemOfRefusal } from "./refusal-problems.ts";
import type { AdminAnswer, AdminContext, Call, Success } from "./route.ts";

type EventOf<Type extends VenueEvent["type"]> = Extract<VenueEvent, { type: Type }>;
type Applied = Extract<Outcome, { kind: "applied" }>;

/** One change of the venue: the command, the event that says it happened, and what to answer then. */
export type Change<Type extends VenueEvent["type"]> = {
  readonly lane: Lane;
  /** What is changed, for the audit trail: no secrets. */
  readonly target: Readonly<Record<string, string | number | boolean>>;
  readonly event: Type;
  encode(writer: WordWriter, origin: Origin): void;
  /**
   * Whether the event answers this very request. A client that uses its Idempotency-Key for a
   * second, different request gets the first one's outcome from the core and must be told.
   */
  matches(event: EventOf<Type>): boolean;
  /** `position`: of the log, at which it happened or was heard of again. */
  success(event: EventOf<Type>, position: number): Success;
  readonly refusals?: Submitted["refusals"];
};

/** A change that is answered from all its events, when the command as a whole was not refused. */
type Submitted = Pick<Change<VenueEvent["type"]>, "lane" | "target" | "encode"> & {
  answer(events: readonly VenueEvent[], isRepeated: boolean, position: number): AdminAnswer;
  /** What a refusal of the core means here; what it does not name is told as everywhere. */
  refusals?: Readonly<Partial<Record<Refusal, Problem>>>;
};

export function change<Type extends VenueEvent["type"]>(
  context: AdminContext,
  call: Call,
  wanted: Change<Type>,
): Promise<AdminAnswer> {
  const answer: Submitted["answer"] = (events, isRepeated, position) => {
    const event = events.find((e): e is EventOf<Type> => e.type === wanted.event);
    if (event !== undefined && wanted.matches(event)) return wanted.success(event, position);
    if (isRepeated) return keyReused();
    throw new Error(`a command for ${wanted.event} gave ${events.map((e) => e.type).join(", ")}`);
  };
  const { lane, target, encode, refusals = {} } = wanted;
  return submitChange(context, call, { lane, target, encode, answer, refusals });
}

/** Submits the command, writes the audit trail's line and answers from the events. */
export async function submitChange(
  context: AdminContext,
  call: Call,
  wanted: Submitted,
): Promise<AdminAnswer> {
  const origin: Origin = { requestId: call.requestId, retry: call.retry };
  const outcome = await context.replica.submit(wanted.lane, (w) => wanted.encode(w, origin));
  const answer = answerOf(outcome, wanted);
  const position = outcome.kind === "applied" ? outcome.position : null;
  const word = outcomeWord(outcome, answer);
  context.trail(call, wanted.target, word, answer.status, position);
  return answer;
}

function answerOf(outcome: Outcome, wanted: Submitted): AdminAnswer {
  if (outcome.kind === "shed") return shed(outcome.retryAfterMs);
  if (outcome.kind === "unknown") return unknownOutcome(outcome.reason);
  const events = readEvents(outcome.events, 0, outcome.events.length);
  const refused = events.find((event): event is RefusedEvent => event.type === "refused");
  if (refused !== undefined) {
    return marked(wanted.refusals?.[refused.code] ?? problemOfRefusal(refused.code), outcome);
  }
  return marked(wanted.answer(events, outcome.repeated, outcome.position), outcome);
}

/** Tells a client that it hears the outcome of its earlier request again. */
function marked(answer: AdminAnswer, { repeated }: Applied): AdminAnswer {
  const isOther = answer.kind === "problem" && answer.name === "idempotency-key-reused";
  if (!repeated || isOther) return answer;
  return { ...answer, headers: { ...answer.headers, "Idempotent-Replayed": "true" } };
}

function outcomeWord(outcome: Outcome, answer: AdminAnswer): string {
  if (outcome.kind !== "applied") return outcome.kind;
  if (answer.kind === "problem") return answer.name;
  return outcome.repeated ? "repeated" : "done";
}

function shed(retryAfterMs: number): Problem {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  return problem(
    "overloaded",
    `The venue is overloaded and did not take the request. Send it again in ${seconds} s.`,
    { headers: { "Retry-After": String(seconds), "Halcyon-Not-Executed": "1" } },
  );
}

function unknownOutcome(reason: string): Problem {
  return problem(
    "outcome-unknown",
    `Whether the change was made is not known (${reason}). If the request had an Idempotency-Key, send it again with the same one: it is done once. If not, look at the present state with GET before you ask again.`,
    { headers: { "Halcyon-Outcome-Unknown": "1" } },
  );
}

/** The events are those of an earlier, different request with the same Idempotency-Key. */
export function keyReused(): Problem {
  return problem(
    "idempotency-key-reused",
    "An earlier request with this Idempotency-Key asked for something else. Use a new key for each new request, and the same one only to repeat a request unchanged. Nothing was changed.",
  );
}
