// A process of the tests that stops as its argument says: "quick", "stuck" or "failing".
import { createLogger, onStop } from "../src/index.ts";

const kind = process.argv[2];
const logger = createLogger({ process: "stopper" });
onStop(
  async (reason) => {
    logger.info({ reason, kind }, "handler");
    if (kind === "stuck") await new Promise(() => setInterval(() => undefined, 1_000));
    if (kind === "failing") throw new Error("could not stop");
  },
  {
    logger,
    stopWithParent: true,
    deadlineMs: process.argv[3] === undefined ? 60_000 : Number(process.argv[3]),
  },
);
setInterval(() => undefined, 1_000);
logger.info("up");
