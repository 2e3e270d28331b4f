import { BatchBuilder, type BatchHeader, batchBytesMax, openBatch } from "@halcyon/core";
import type { LaneQueues, Submission } from "./lanes.ts";

/** Fills batches from the lanes, as much as fits. */
export class BatchFiller {
  readonly #lanes: LaneQueues;
  readonly #commandsMax: number;
  readonly #builder = new BatchBuilder();

  constructor(lanes: LaneQueues, commandsMax: number) {
    this.#lanes = lanes;
    this.#commandsMax = commandsMax;
  }

  /** Takes commands off the lanes, in the order in which they will be in the batch. */
  take(): Submission[] {
    const taken: Submission[] = [];
    this.#lanes.offer((submission) => this.#add(submission, taken));
    return taken;
  }

  /**
   * The bytes of what was taken, empty for a tick. They are read once as every node will read them:
   * a batch that all would have to refuse must never reach the log.
   */
  finish(header: BatchHeader): Uint8Array {
    const bytes = this.#builder.finish(header);
    openBatch(bytes);
    return bytes;
  }

  #add(submission: Submission, taken: Submission[]): boolean {
    if (taken.length >= this.#commandsMax) return false;
    try {
      this.#builder.add(submission.encode);
    } catch (error) {
      submission.fail(error);
      return true;
    }
    if (this.#builder.lengthBytes > batchBytesMax) {
      this.#builder.removeLast();
      return false;
    }
    taken.push(submission);
    return true;
  }
}
