import type { Logger } from "./logger.ts";

export interface OrderlyStopOptions {
  readonly logger: Logger;
  /** How long the handler may take before the process exits without it. */
  readonly deadlineMs?: number;
  /**
   * Stop too when the process that started this one is gone, however it ended. It is seen by the
   * end of the IPC channel, so a process started without one is not affected.
   */
  readonly stopWithParent?: boolean;
}

export interface OrderlyStop {
  /** Begins the stop as a signal would. The process exits at its end. */
  stop(reason: string): void;
}

const DEADLINE_MS = 10_000;

/**
 * Runs `handler` once at SIGTERM, SIGINT or the parent's end, then exits with 0. A second signal
 * exits at once; a handler that fails or outlives its deadline makes the exit code 1.
 */
export function onStop(
  handler: (reason: string) => Promise<void> | void,
  options: OrderlyStopOptions,
): OrderlyStop {
  const { logger, deadlineMs = DEADLINE_MS } = options;
  let stopping = false;

  const stop = (reason: string): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ reason }, "stopping");
    setTimeout(() => {
      logger.error({ deadlineMs }, "stop took longer than its deadline, exiting without it");
      process.exit(1);
    }, deadlineMs);
    Promise.resolve()
      .then(() => handler(reason))
      .then(
        () => {
          logger.info("stopped");
          logger.flush(() => process.exit(0));
        },
        (error: unknown) => {
          logger.fatal({ err: error }, "stop failed");
          logger.flush(() => process.exit(1));
        },
      );
  };

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (stopping) {
        logger.warn({ signal }, "second signal, exiting at once");
        process.exit(1);
      }
      stop(signal);
    });
  }
  // A bug ends the process as Node would end it; it only leaves a structured line as well.
  process.on("uncaughtExceptionMonitor", (error) => logger.fatal({ err: error }, "uncaught error"));
  if (options.stopWithParent === true) {
    process.on("disconnect", () => stop("parent is gone"));
    // False, not undefined: there was a channel, and it ended before this line.
    if (process.connected === false) stop("parent is gone");
  }
  return { stop };
}
