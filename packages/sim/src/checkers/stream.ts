import type { Evidence } from "./violation.ts";

/** What the nodes put out is the log: every position, every command of it, nothing else. */
export function checkStream({ run, batches }: Evidence): string[] {
  const faults: string[] = [];
  for (const position of run.published.keys()) {
    if (batches[position - 1] === undefined) {
      faults.push(`position ${position} was put out, but is not in the log`);
    }
  }
  for (const [at, batch] of batches.entries()) {
    const published = run.published.get(at + 1);
    if (published === undefined) faults.push(`position ${at + 1} was never put out`);
    else if (published.commands.length !== batch.commands.length) {
      const { length } = published.commands;
      faults.push(
        `position ${at + 1} has ${batch.commands.length} commands; ${length} were put out`,
      );
    }
  }
  return faults;
}
