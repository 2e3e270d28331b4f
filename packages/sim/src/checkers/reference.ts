import type { Op, Read, RunRecord } from "../record.ts";
import { referenceAccountLines, referenceStateLines } from "../reference/reference-lines.ts";
import { ReferenceVenue } from "../reference/reference-venue.ts";
import type { Evidence } from "./violation.ts";

/**
 * The log once more, command by command, through the naive reference: it must give every answer that a
 * client got, everything the nodes put out, every account as it was read, and the state at the end.
 */
export function checkReference({ run, batches }: Evidence): string[] {
  const faults: string[] = [];
  const reference = new ReferenceVenue();
  const opsById = new Map(
    run.ops.flatMap((op) => [...op.requestIds].map((id) => [id, op] as const)),
  );
  const readsAt = Map.groupBy(run.reads, ({ position }) => position);
  const finalsAt = Map.groupBy(run.finals, ({ position }) => position);
  for (const [at, batch] of batches.entries()) {
    const position = at + 1;
    const { start, commands: results } = reference.applyBatch(batch);
    const said = run.published.get(position);
    if (said !== undefined) {
      faults.push(...differences(`position ${position}, before its commands`, said.start, start));
    }
    const commands = said?.commands;
    for (const [index, { lines, repeated }] of results.entries()) {
      const published = commands?.[index];
      if (published !== undefined) {
        const expected = repeated ? [] : lines;
        faults.push(...differences(`position ${position}, command ${index}`, published, expected));
      }
      const op = opsById.get(batch.commands[index]!.requestId);
      if (op !== undefined) faults.push(...wrongAnswer(op, position, lines));
    }
    for (const read of readsAt.get(position) ?? []) faults.push(...wrongRead(read, reference));
    for (const { node, lines } of finalsAt.get(position) ?? []) {
      faults.push(
        ...differences(`${node} at the end`, lines, referenceStateLines(reference.state)),
      );
    }
    if (faults.length > 20) break;
  }
  return faults.concat(beyondTheLog(run));
}

function wrongAnswer(op: Op, position: number, expected: readonly string[]): string[] {
  if (op.result?.kind !== "applied" || op.result.position !== position) return [];
  return differences(`the answer to op ${op.id} (${op.what})`, op.result.lines, expected);
}

function wrongRead(read: Read, reference: ReferenceVenue): string[] {
  const expected = referenceAccountLines(reference.state, read.account);
  const what = `account ${read.account} as ${read.client} read it at ${read.position} from ${read.node}`;
  return differences(what, read.lines, expected);
}

function beyondTheLog(run: RunRecord): string[] {
  return run.reads
    .filter(({ position }) => position > run.log.length)
    .map(({ client, position }) => `${client} read position ${position}, which is not in the log`);
}

function differences(what: string, got: readonly string[], expected: readonly string[]): string[] {
  for (let i = 0; i < Math.max(got.length, expected.length); i++) {
    if (got[i] === expected[i]) continue;
    return [`${what}: is "${got[i] ?? "nothing"}", should be "${expected[i] ?? "nothing"}"`];
  }
  return [];
}
