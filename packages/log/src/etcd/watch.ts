import type { ServiceError } from "@grpc/grpc-js";
import { failureOf, RequestFailure } from "./failure.ts";
import type { Member, MemberStream } from "./member.ts";
import { encodeWatch, type WatchResponse, watchMethod } from "./messages.ts";

/** One watch of one key at one member. It is hints only: who reads it checks that nothing is missing. */
export class Watch {
  readonly member: Member;
  readonly #stream: MemberStream;
  #failure: RequestFailure | null = null;

  private constructor(member: Member, stream: MemberStream) {
    this.member = member;
    this.#stream = stream;
    stream.on("error", (error) => {
      this.#failure ??= failureOf(error as ServiceError, member.address);
    });
    stream.on("end", () => {
      this.#failure ??= new RequestFailure("lost", member.address, "it ended the watch");
    });
  }

  /** Resolves once the member has confirmed the watch, which gives all events from this revision. */
  static async open(
    member: Member,
    key: Buffer,
    startRevision: number,
    timeoutMs: number,
  ): Promise<Watch> {
    const message = encodeWatch(key, startRevision);
    const watch = new Watch(member, await member.stream(watchMethod, message, timeoutMs));
    try {
      const created = await watch.next(new AbortController().signal, timeoutMs);
      if (created !== null) return watch;
      throw new RequestFailure("lost", member.address, `no watch within ${timeoutMs} ms`);
    } catch (error) {
      watch.close();
      throw error;
    }
  }

  /** The next answer; null when none came in time or the signal aborted. */
  async next(signal: AbortSignal, timeoutMs: number): Promise<WatchResponse | null> {
    const response = this.#take() ?? (await this.#wait(signal, timeoutMs));
    if (response === null || !response.canceled || response.compactRevision > 0) return response;
    const words = response.cancelReason;
    const kind = /permission denied/.test(words) ? "denied" : "lost";
    throw new RequestFailure(kind, this.member.address, `it cancelled the watch: ${words}`);
  }

  close(): void {
    this.#failure ??= new RequestFailure("lost", this.member.address, "the watch was closed");
    this.#stream.cancel();
  }

  #take(): WatchResponse | null {
    const response = this.#stream.read() as WatchResponse | null;
    if (response === null && this.#failure !== null) throw this.#failure;
    return response;
  }

  async #wait(signal: AbortSignal, timeoutMs: number): Promise<WatchResponse | null> {
    if (signal.aborted) return null;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", wake);
        for (const event of wakingEvents) this.#stream.removeListener(event, wake);
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      signal.addEventListener("abort", wake);
      for (const event of wakingEvents) this.#stream.on(event, wake);
    });
    return this.#take();
  }
}

const wakingEvents = ["readable", "end", "error"] as const;
