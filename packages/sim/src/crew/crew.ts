import { Worker } from "node:worker_threads";
import { perform, type Task, type TaskResult } from "./task.ts";

/**
 * Performs the tasks on so many threads, and hands the results out in the order of the tasks,
 * whichever was ready first. An error of any ends all.
 */
export async function performAll(
  tasks: readonly Task[],
  workers: number,
  onResult: (result: TaskResult) => void,
): Promise<void> {
  if (workers <= 1 || tasks.length <= 1) {
    for (const task of tasks) onResult(await perform(task));
    return;
  }
  const results = new Map<number, TaskResult>();
  let next = 0;
  let told = 0;
  const tell = () => {
    for (let result = results.get(told); result !== undefined; result = results.get(told)) {
      results.delete(told++);
      onResult(result);
    }
  };
  const workOn = (worker: Worker) =>
    new Promise<void>((resolve, reject) => {
      let mine = -1;
      const give = () => {
        if (next >= tasks.length) {
          resolve();
          return;
        }
        mine = next++;
        worker.postMessage(tasks[mine]);
      };
      worker.on("error", reject);
      worker.on("message", (result: TaskResult) => {
        results.set(mine, result);
        tell();
        give();
      });
      give();
    });
  const crew = Array.from({ length: Math.min(workers, tasks.length) }, () => {
    return new Worker(new URL("./worker.ts", import.meta.url));
  });
  try {
    await Promise.all(crew.map(workOn));
  } finally {
    await Promise.all(crew.map((worker) => worker.terminate()));
  }
}
