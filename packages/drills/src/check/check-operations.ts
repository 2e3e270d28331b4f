import type { Operation } from "../load/operation.ts";
import type { LogHistory } from "./log-history.ts";

export type Faults = {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly reordered: readonly string[];
  readonly wrongAnswers: readonly string[];
};

/**
 * Holds what clients saw against the log: what was acknowledged is there and was executed once, and
 * the answer names the order that the reference has; what was shed is not there; what was asked
 * after an acknowledgement took effect after it.
 */
export function checkOperations(operations: readonly Operation[], history: LogHistory): Faults {
  const lost: string[] = [];
  const doubled: string[] = [];
  const wrongAnswers: string[] = [];
  for (const operation of operations) {
    const { kind, clientOrderId, result, orderId, reason } = operation;
    const name = `${kind} ${clientOrderId}`;
    const executed = history
      .appearancesOf(kind, clientOrderId)
      .filter((one) => !one.repeated && one.orderId !== 0);
    const where = executed.map(({ position }) => position).join(", ");
    if (executed.length > 1) doubled.push(`${name} was executed at ${where}`);
    if (result === "done" && executed.length === 0) {
      lost.push(`${name} was acknowledged, and is not in the log`);
    }
    if (result === "done" && executed[0] !== undefined && executed[0].orderId !== orderId) {
      wrongAnswers.push(`${name} is order ${executed[0].orderId}, the answer said ${orderId}`);
    }
    if ((result === "shed" || result === "refused") && executed.length > 0) {
      wrongAnswers.push(`${name} was refused (${reason}), and was executed at ${where}`);
    }
  }
  return { lost, doubled, reordered: reorderedIn(operations, history), wrongAnswers };
}

/** One sweep over calls and answers: what was answered before another was asked is before it in the log. */
function reorderedIn(operations: readonly Operation[], history: LogHistory): string[] {
  type Effect = { readonly operation: Operation; readonly at: number };
  const effects = operations.flatMap((operation): Effect[] => {
    const first = history
      .appearancesOf(operation.kind, operation.clientOrderId)
      .find((one) => !one.repeated && one.orderId !== 0);
    return operation.result === "done" && first !== undefined ? [{ operation, at: first.at }] : [];
  });
  const byAsked = effects.toSorted((a, b) => a.operation.askedAtUs - b.operation.askedAtUs);
  const byAnswered = effects.toSorted(
    (a, b) => a.operation.answeredAtUs - b.operation.answeredAtUs,
  );
  const faults: string[] = [];
  let newest: Effect | null = null;
  let next = 0;
  for (const effect of byAsked) {
    while (byAnswered[next]!.operation.answeredAtUs < effect.operation.askedAtUs) {
      const answered = byAnswered[next++]!;
      if (newest === null || answered.at > newest.at) newest = answered;
    }
    if (newest === null || effect.at > newest.at) continue;
    faults.push(
      `${effect.operation.clientOrderId} was asked after ${newest.operation.clientOrderId} was answered, and is before it in the log`,
    );
  }
  return faults;
}
