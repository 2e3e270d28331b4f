/** How a command ends; also in `halcyon --help`. */
export const exitCode = { done: 0, failed: 1, usage: 2, notRunning: 3 } as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** An expected failure, told without a stack: what happened, and what to do about it. */
export class CliError extends Error {
  readonly title: string;
  readonly detail: string;
  readonly exitCode: ExitCode;

  constructor(title: string, detail: string, code: ExitCode = exitCode.failed) {
    super(detail === "" ? title : `${title}: ${detail}`);
    this.name = "CliError";
    this.title = title;
    this.detail = detail;
    this.exitCode = code;
  }
}
