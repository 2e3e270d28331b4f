import type { LogErrorCode } from "../port.ts";

/** What the writer thread is started with. */
export interface WriterStart {
  readonly path: string;
  readonly memory: SharedArrayBuffer;
  readonly sizeMaxBytes: number;
}

/**
 * What the writer thread answers, in the order of the ring's records for the first three:
 * a group of appends is durable; a group was refused; a trim was noted. The last two end a trim.
 */
export type WriterMessage =
  | { readonly type: "appended"; readonly count: number; readonly first: number }
  | {
      readonly type: "refused";
      readonly count: number;
      readonly code: LogErrorCode;
      readonly message: string;
    }
  | { readonly type: "trim-noted" }
  | { readonly type: "trimmed"; readonly before: number }
  | { readonly type: "trim-refused"; readonly code: LogErrorCode; readonly message: string };
