import { createHmac } from "node:crypto";
import {
  BatchBuilder,
  commandLengthWords,
  encodeCreateKey,
  isRepeated,
  keyKind,
  openBatch,
  rulesVersionMax,
  Venue,
  type WordWriter,
} from "@halcyon/core";
import {
  administratorKeyOf,
  administratorTokenOf,
  createContext,
  defaultLimits,
  type GatewayContext,
  type JsonApi,
  loadApis,
  Seal,
  Views,
} from "@halcyon/gateway";
import { CommandEvents, type Outcome, type Replica } from "@halcyon/replica";
import { foundingCommands, restingOrders } from "./prepared-venue.ts";

export const traderAccount = 2;
export const apiKey = "trader-key";
export const adminToken = administratorTokenOf(new Uint8Array(32).fill(1));
/** The gateway's clock, which stands still. */
export const nowMs = 1_700_000_100_000;

const secret = "trader-secret";
const masterKey = new Uint8Array(32).fill(7);
const unlimited = 1e12;

export function sign(payload: string): string {
  return createHmac("sha256", secret).update(payload, "latin1").digest("hex");
}

const node = {
  control: {
    status: () => ({
      ...{ state: "ready", reasons: [], load: 0, startedAtMs: nowMs, lagMs: 0, stateHash: "" },
      ...{ commandsApplied: 0, peersAgreeing: 0, peersDisagreeing: 0 },
    }),
    drain: () => undefined,
    undrain: () => undefined,
  },
  traffic: () => ({ requestsPerSecond: 0, latencyMs: null }),
  peers: [],
};

/**
 * A gateway over a small venue with neither log nor sockets: what is submitted is applied at once.
 * After a case that changed the venue it is what it was before.
 */
export class GatewayVenue {
  readonly api: Promise<JsonApi>;
  context: GatewayContext;
  /** Defects that were told to the operators. */
  readonly defects: string[] = [];
  #venue = Venue.create();
  readonly #views = new Views();
  readonly #saved: { readonly venue: Uint8Array; readonly views: Uint8Array };
  readonly #position: number;

  constructor() {
    for (const encode of foundingCommands(rulesVersionMax)) this.#apply(encode);
    for (const encode of keys()) this.#apply(encode);
    for (const encode of restingOrders()) this.#apply(encode);
    this.#saved = { venue: this.#venue.save(), views: this.#views.save() };
    this.#position = this.#venue.position;
    this.context = this.#makeContext();
    const { replica, views, seal, logger } = this.context;
    const rest = { region: "london", version: "0.1.0", masterKey, now: () => nowMs, node };
    this.api = loadApis({ replica, views, seal, logger, ...rest }).then(({ admin }) => admin);
  }

  /** Before the next case. */
  reset(): void {
    this.defects.length = 0;
    if (this.#venue.position === this.#position) return;
    this.#venue = Venue.restore(this.#saved.venue);
    this.#views.restore(this.#saved.views);
    this.context = this.#makeContext();
  }

  #makeContext(): GatewayContext {
    const limits = { weightPerMinute: unlimited, requestsPer5Minutes: unlimited };
    const orders = { ordersPer10Seconds: unlimited, ordersPerDay: unlimited };
    return createContext({
      replica: this.#replica(),
      views: this.#views,
      masterKey,
      region: "london",
      version: "0.1.0",
      config: {
        ...{ host: "127.0.0.1", port: 0, trustedProxies: [], highValueNotional: 0, network: "HAL" },
        limits: { ...defaultLimits, ...limits, ...orders },
      },
      logger: {
        info: () => undefined,
        warn: () => undefined,
        error: (fields, message) => {
          const { err } = fields as { readonly err?: Error };
          this.defects.push(`${message}: ${err?.stack ?? ""}`);
        },
      },
      now: () => nowMs,
    });
  }

  #replica(): Replica {
    const self = this;
    return {
      nodeName: "node-1",
      get venue() {
        return self.#venue;
      },
      get position() {
        return self.#venue.position;
      },
      submit: async (_lane, encode) => this.#apply(encode),
      waitFor: async () => true,
      health: () => ({ ok: true, status: "ready", reasons: [] }),
      addProjection: () => undefined,
    };
  }

  /** One command as a batch of its own, told to the views. */
  #apply(encode: (w: WordWriter) => void): Outcome {
    const venue = this.#venue;
    const builder = new BatchBuilder();
    builder.add(encode);
    const header = { nodeId: 1, incarnation: 1, sequence: venue.position + 1, claim: null };
    const batch = openBatch(builder.finish({ ...header, timeMs: nowMs }));
    venue.beginBatch(batch, venue.position + 1);
    const { events } = venue;
    const tell = (index: number, start: number, end: number) => {
      const { position, logTimeMs } = venue;
      const from = isRepeated(events.words, start, end) ? end : start;
      const told = new CommandEvents(events.words, from, end);
      this.#views.onCommand({ position, index, logTimeMs, venue }, told);
    };
    const start = events.length;
    if (start > 0) tell(-1, 0, start);
    venue.applyCommand(batch.words, batch.firstCommandAt);
    if (
      batch.firstCommandAt + commandLengthWords(batch.words, batch.firstCommandAt) !==
      batch.end
    ) {
      throw new Error("the encoder wrote more than one command");
    }
    tell(0, start, events.length);
    venue.endBatch();
    this.#views.onBatch(venue.position, venue.logTimeMs, venue);
    return {
      kind: "applied",
      position: venue.position,
      logTimeMs: venue.logTimeMs,
      events: events.words.slice(start, events.length),
      repeated: isRepeated(events.words, start, events.length),
    };
  }
}

function keys(): ((w: WordWriter) => void)[] {
  const common = { label: "", allowedAddresses: "" };
  const material = new Seal(masterKey, "api key secrets").seal(apiKey, Buffer.from(secret));
  const trader = { account: traderAccount, kind: keyKind.hmacSha256, permissions: 7, material };
  const administrator = { account: 0, kind: keyKind.administrator, permissions: 0 };
  return [
    (w) => encodeCreateKey(w, {}, { ...common, ...trader, name: apiKey }),
    (w) =>
      encodeCreateKey(w, {}, { ...common, ...administrator, ...administratorKeyOf(adminToken) }),
  ];
}
