import type { Op } from "../record.ts";
import { type Appearance, appearancesOf } from "./appearances.ts";
import type { Evidence } from "./violation.ts";

/**
 * What was acknowledged is in the log and was executed once; what was refused before the log is not
 * there; what is unknown was executed at most once. A second appearance of a request id is no second
 * execution: that the venue answers it from memory is what the reference checks. Nothing is in the log
 * that nobody asked for, and nothing in another form than it was asked in.
 */
export function checkExactlyOnce({ run, batches }: Evidence): string[] {
  const appearances = appearancesOf(batches);
  const faults: string[] = [];
  const asked = new Set<string>();
  for (const op of run.ops) {
    const executions: Appearance[] = [];
    for (const id of op.requestIds) {
      if (asked.has(id)) faults.push(`two requests have the id ${id}: op ${op.id} is the second`);
      asked.add(id);
      const places = appearances.get(id) ?? [];
      if (places[0] !== undefined) executions.push(places[0]);
      for (const { position, command } of places) {
        if (command.content === op.content) continue;
        faults.push(`op ${op.id} (${op.what}) is another command in the log at ${position}`);
      }
    }
    faults.push(...wrongCount(op, executions, appearances));
  }
  for (const [id, places] of appearances) {
    if (!asked.has(id)) faults.push(`nobody asked for the request ${id} at ${places[0]!.position}`);
  }
  return faults;
}

function wrongCount(
  op: Op,
  executions: readonly Appearance[],
  appearances: ReadonlyMap<string, readonly Appearance[]>,
): string[] {
  const where = executions.map(({ position }) => position).join(", ");
  const name = `op ${op.id} (${op.what}) of ${op.client}`;
  if (executions.length > 1) return [`${name} was executed more than once: at ${where}`];
  if (op.result?.kind === "shed" && executions.length > 0) {
    return [`${name} was refused as not executed, but is in the log at ${where}`];
  }
  if (op.result?.kind !== "applied") return [];
  const { position } = op.result;
  const places = [...op.requestIds].flatMap((id) => appearances.get(id) ?? []);
  if (places.some((place) => place.position === position)) return [];
  return [
    `${name} was acknowledged at ${position}, but the log has it at ${where || "no position"}`,
  ];
}
