import assert from "node:assert/strict";
import { type CommandLog, LogError } from "@halcyon/log";
import { readSome, type Tag, taggedBatch, tagOf, until } from "../batches.ts";

/** Writers and a follower on a log, and what they were told. */
export class Traffic {
  readonly followed: Tag[] = [];
  /** By position: the batch that was acknowledged there. */
  readonly acknowledged = new Map<number, string>();
  unknown = 0;
  readonly #log: CommandLog;
  readonly #stop = new AbortController();
  readonly #lanes: readonly Promise<void>[];
  readonly #following: Promise<void>;

  constructor(log: CommandLog, lanes: number) {
    this.#log = log;
    this.#following = this.#follow();
    this.#lanes = Array.from({ length: lanes }, (_, lane) => this.#write(lane + 1));
  }

  /** Waits until so many more are acknowledged. */
  async acknowledge(more: number): Promise<void> {
    const wanted = this.acknowledged.size + more;
    await until(`${wanted} acknowledgements`, () => this.acknowledged.size >= wanted);
  }

  /** Ends the writers, waits for the follower, and holds against the log what they were told. */
  async check(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#lanes);
    const head = (await this.#log.head())!.position;
    await until("the follower at the head", () => this.followed.length >= head);
    const tags = (await readSome(this.#log, null, head)).map(tagOf);
    assert.deepEqual(this.followed, tags, "the follower saw what is in the log");
    for (const [position, name] of this.acknowledged) {
      assert.equal(nameOf(tags[position - 1]), name, `what was acknowledged at ${position}`);
    }
    assert.equal(new Set(tags.map(nameOf)).size, tags.length, "a batch is in the log twice");
    const surplus = tags.length - this.acknowledged.size;
    assert.ok(surplus >= 0 && surplus <= this.unknown, `${surplus} of ${this.unknown} unknown`);
  }

  /** Ends the follower too, by closing its log. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#lanes);
    await this.#log.close();
    await assert.rejects(this.#following, { code: "closed" });
  }

  async #write(writer: number): Promise<void> {
    for (let sequence = 0; !this.#stop.signal.aborted; sequence += 1) {
      try {
        const position = await this.#log.append(taggedBatch(writer, sequence, 500));
        this.acknowledged.set(position, `${writer}:${sequence}`);
      } catch (error) {
        assert.ok(error instanceof LogError && error.code === "unavailable", String(error));
        this.unknown += 1;
      }
    }
  }

  async #follow(): Promise<void> {
    for await (const run of this.#log.read(null, new AbortController().signal)) {
      this.followed.push(...run.map(tagOf));
    }
  }
}

function nameOf(tag: Tag | undefined): string {
  return `${tag?.writer}:${tag?.sequence}`;
}
