import { type Hunt, hunt } from "../plants/hunt.ts";
import { plants } from "../plants/plants.ts";
import type { Narrowing } from "../profile.ts";
import { type RunFigures, simulate } from "../simulate.ts";

/** What a worker is given, and what it gives back. Plain data: it goes from thread to thread. */
export type Task =
  | { readonly kind: "run"; readonly seed: number; readonly narrowing: Narrowing }
  | { readonly kind: "hunt"; readonly plant: string; readonly seedsMax: number };
export type TaskResult =
  | { readonly kind: "run"; readonly figures: RunFigures }
  | { readonly kind: "hunt"; readonly hunt: Hunt };

export async function perform(task: Task): Promise<TaskResult> {
  if (task.kind === "run") {
    const { record: _, ...figures } = await simulate(task);
    return { kind: "run", figures };
  }
  const sabotage = plants[task.plant];
  if (sabotage === undefined) throw new Error(`There is no plant called "${task.plant}".`);
  return { kind: "hunt", hunt: await hunt(task.plant, sabotage, task.seedsMax) };
}
