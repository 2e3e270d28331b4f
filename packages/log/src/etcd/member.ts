import {
  type ChannelCredentials,
  Client,
  type ClientDuplexStream,
  connectivityState,
  Metadata,
  type ServiceError,
} from "@grpc/grpc-js";
import { failureOf, RequestFailure } from "./failure.ts";
import type { Method } from "./messages.ts";

/** More than the largest part of a watch's answer: 1.5 MiB of events and the one that passed it. */
const MESSAGE_BYTES_MAX = 16 * 1024 * 1024;
const FLOW_CONTROL_BYTES = 1024 * 1024;

const channelOptions = {
  "grpc.max_receive_message_length": MESSAGE_BYTES_MAX,
  "grpc.max_send_message_length": MESSAGE_BYTES_MAX,
  "grpc-node.flow_control_window": FLOW_CONTROL_BYTES,
  // Whether a request may be sent again is decided here, where it is known what it does.
  "grpc.enable_retries": 0,
  "grpc.service_config_disable_resolution": 1,
  "grpc.enable_http_proxy": 0,
  "grpc.use_local_subchannel_pool": 1,
  "grpc.initial_reconnect_backoff_ms": 50,
  "grpc.min_reconnect_backoff_ms": 50,
  "grpc.max_reconnect_backoff_ms": 1000,
};

/** A member that has lost its leader then says so at once instead of letting the request wait. */
const needsLeader = new Metadata();
needsLeader.set("hasleader", "true");
const needsNobody = new Metadata();

export interface RequestOptions {
  readonly timeoutMs: number;
  /** Only a member that knows a leader may answer; true when not said. */
  readonly needsLeader?: boolean;
}

export type MemberStream = ClientDuplexStream<Buffer, unknown>;

/** One member of the cluster, reached over one connection. */
export class Member {
  /** host:port */
  readonly address: string;
  /** Rises with each suspicion; null while there is none. */
  suspectedAt: number | null = null;
  readonly #client: Client;
  #connecting: Promise<boolean> | null = null;

  constructor(address: string, credentials: ChannelCredentials) {
    this.address = address;
    this.#client = new Client(address, credentials, channelOptions);
  }

  /** Sends one request and waits for its answer, for its connection and its answer that long each. */
  async request<T>(method: Method<T>, message: Buffer, options: RequestOptions): Promise<T> {
    await this.#connect(options.timeoutMs);
    return new Promise<T>((resolve, reject) => {
      const metadata = options.needsLeader === false ? needsNobody : needsLeader;
      const call = this.#client.makeUnaryRequest(
        method.path,
        (request: Buffer) => request,
        method.decode,
        message,
        metadata,
        (error: ServiceError | null, answer?: T) => {
          clearTimeout(timer);
          if (error === null) resolve(answer as T);
          else reject(isLate ? this.#late(options.timeoutMs) : failureOf(error, this.address));
        },
      );
      let isLate = false;
      // A timer of our own: a deadline of the library's would go by a clock that may be set.
      const timer = setTimeout(() => {
        isLate = true;
        call.cancel();
      }, options.timeoutMs);
    });
  }

  /** Opens a stream of answers to one request; it ends when its leader is lost. */
  async stream<T>(method: Method<T>, message: Buffer, timeoutMs: number): Promise<MemberStream> {
    await this.#connect(timeoutMs);
    const stream = this.#client.makeBidiStreamRequest(
      method.path,
      (request: Buffer) => request,
      method.decode as (message: Buffer) => unknown,
      needsLeader,
    );
    stream.write(message);
    return stream;
  }

  close(): void {
    this.#client.close();
  }

  /** Only a request over a connection that stands can have reached anybody. */
  async #connect(timeoutMs: number): Promise<void> {
    if (this.#client.getChannel().getConnectivityState(true) === connectivityState.READY) return;
    this.#connecting ??= this.#connected().finally(() => {
      this.#connecting = null;
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), timeoutMs);
    });
    const isConnected = await Promise.race([this.#connecting, late]);
    clearTimeout(timer);
    if (!isConnected) {
      throw new RequestFailure("unreachable", this.address, "it cannot be connected to");
    }
  }

  /** False once an attempt failed; the library goes on trying in the background by itself. */
  async #connected(): Promise<boolean> {
    const channel = this.#client.getChannel();
    for (;;) {
      const state = channel.getConnectivityState(true);
      if (state === connectivityState.READY) return true;
      if (state === connectivityState.TRANSIENT_FAILURE) return false;
      if (state === connectivityState.SHUTDOWN) return false;
      await new Promise((resolve) => channel.watchConnectivityState(state, Infinity, resolve));
    }
  }
  #late(timeoutMs: number): RequestFailure {
    return new RequestFailure("lost", this.address, `no answer within ${timeoutMs} ms`);
  }
}
