import type { LoggedBatch, LoggedCommand } from "../reference/commands.ts";

export type Appearance = {
  readonly position: number;
  readonly index: number;
  readonly command: LoggedCommand;
};

/** Every place of each request id in the log, the first one first. */
export function appearancesOf(batches: readonly LoggedBatch[]): Map<string, Appearance[]> {
  const byId = new Map<string, Appearance[]>();
  for (const [at, batch] of batches.entries()) {
    for (const [index, command] of batch.commands.entries()) {
      if (command.requestId === "") continue;
      const places = byId.get(command.requestId) ?? [];
      places.push({ position: at + 1, index, command });
      byId.set(command.requestId, places);
    }
  }
  return byId;
}
