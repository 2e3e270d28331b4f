import type { Evidence } from "./violation.ts";

/** Nobody is shown an older state than one that he has seen already, whichever node answers. */
export function checkSessions({ run }: Evidence): string[] {
  return run.reads
    .filter(({ position, seenPosition }) => position < seenPosition)
    .map(
      ({ client, node, position, seenPosition }) =>
        `${client} had seen position ${seenPosition} and was shown ${position} by ${node}`,
    );
}
