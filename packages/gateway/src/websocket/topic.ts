/** Somebody who reads a stream: wrapped with its name, or raw. */
export type StreamReceiver = {
  readonly combined: boolean;
  send(message: Buffer | string): void;
};

/** One stream and its readers. An event is made text once, whoever reads it. */
export class Topic {
  readonly #head: string;
  readonly #receivers = new Set<StreamReceiver>();

  constructor(name: string) {
    this.#head = combinedHead(name);
  }

  get size(): number {
    return this.#receivers.size;
  }

  add(receiver: StreamReceiver): void {
    this.#receivers.add(receiver);
  }

  remove(receiver: StreamReceiver): void {
    this.#receivers.delete(receiver);
  }

  publish(json: string): void {
    let raw: Buffer | null = null;
    let wrapped: Buffer | null = null;
    for (const receiver of this.#receivers) {
      if (receiver.combined) {
        wrapped ??= Buffer.from(`${this.#head}${json}}`);
        receiver.send(wrapped);
      } else {
        raw ??= Buffer.from(json);
        receiver.send(raw);
      }
    }
  }

  /** The same for one reader alone. */
  publishTo(receiver: StreamReceiver, json: string): void {
    receiver.send(receiver.combined ? `${this.#head}${json}}` : json);
  }
}

/** What stands before an event in a combined stream; a closing brace follows it. */
export function combinedHead(name: string): string {
  return `{"stream":${JSON.stringify(name)},"data":`;
}
