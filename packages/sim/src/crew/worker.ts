import { parentPort } from "node:worker_threads";
import { perform, type Task } from "./task.ts";

// One task after the other: a run is one thread's work.
const port = parentPort!;
port.on("message", (task: Task) => {
  perform(task).then(
    (result) => port.postMessage(result),
    (error: unknown) => {
      throw error;
    },
  );
});
