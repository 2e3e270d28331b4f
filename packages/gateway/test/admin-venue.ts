import assert from "node:assert/strict";
import {
  BatchBuilder,
  type CreateKey,
  encodeCreateKey,
  encodeSetRulesVersion,
  externalAccount,
  isRepeated,
  keyKind,
  type MoneyMovedEvent,
  type RequestId,
  rulesVersionMax,
  Venue,
  type VenueEvent,
  type WordWriter,
} from "@halcyon/core";
import { CommandEvents, type Outcome, type Replica } from "@halcyon/replica";
import { adminSurface } from "../src/admin/admin-surface.ts";
import { AuditTrail } from "../src/admin/audit-trail.ts";
import { administratorKeyOf, administratorTokenOf } from "../src/admin/credentials.ts";
import { type AdminRequest, JsonApi } from "../src/admin/json-api.ts";
import type { AdminContext } from "../src/admin/route.ts";
import { adminRoutes } from "../src/admin/routes.ts";
import { problemSchema } from "../src/admin/schemas.ts";
import { trailOf } from "../src/admin/trail.ts";
import { Seal } from "../src/auth/seal.ts";
import { createPeopleTools } from "../src/people/people-tools.ts";
import { BalanceHistory } from "../src/views/balance-history.ts";
import type { Transfer } from "../src/views/records.ts";

export const masterKey = new Uint8Array(32).fill(7);
export const token = administratorTokenOf(new Uint8Array(32).fill(1));
export const administratorKey: CreateKey = {
  account: externalAccount,
  kind: keyKind.administrator,
  permissions: 0,
  label: "first",
  allowedAddresses: "",
  ...administratorKeyOf(token),
};
export const startMs = 1_767_225_600_000;

/** A venue in this process without a log: every command is a batch of its own, applied at once. */
export class AdminVenue {
  readonly venue = Venue.create();
  readonly logged: object[] = [];
  readonly transfers: Transfer[] = [];
  readonly balances = new BalanceHistory();
  readonly seal = new Seal(masterKey, "api key secrets");
  readonly api: JsonApi;
  nowMs = startMs;
  /** What the next submission ends in instead of being applied; or, with `after`, besides it. */
  failNext: { outcome: Outcome; after: boolean } | null = null;
  #sequence = 0;

  constructor() {
    this.apply((w) => encodeSetRulesVersion(w, {}, { version: rulesVersionMax }));
    this.apply((w) => encodeCreateKey(w, {}, administratorKey));
    this.api = this.node("node-1");
  }

  /** A node's admin API over the same state, as every node has it. */
  node(nodeName: string): JsonApi {
    const log = (fields: object) => {
      this.logged.push(fields);
    };
    const audit = new AuditTrail();
    const told = {
      logger: { info: log, warn: log, error: log },
      now: () => this.nowMs,
      replica: this.#replica(nodeName),
    };
    const context: AdminContext = {
      ...told,
      audit,
      trail: trailOf(audit, told),
      node: {
        control: { status: () => assert.fail(), drain: () => {}, undrain: () => {} },
        traffic: () => assert.fail(),
        peers: [],
      },
      region: "london",
      version: "0.1.0",
      masterKey,
      seal: this.seal,
      views: {
        transfers: { ofAccount: (account) => this.#transfersOf(account) },
        balances: this.balances,
      },
      people: createPeopleTools(masterKey),
    };
    return new JsonApi(adminSurface(context), context);
  }

  apply(encode: (w: WordWriter) => void): Extract<Outcome, { kind: "applied" }> {
    const { venue } = this;
    const batch = new BatchBuilder();
    batch.add(encode);
    this.#sequence++;
    const header = { nodeId: 1, incarnation: 1, sequence: this.#sequence, claim: null };
    venue.applyBatch(batch.finish({ ...header, timeMs: this.nowMs }), venue.position + 1);
    const events = venue.events.words.slice(0, venue.events.length);
    const repeated = isRepeated(events, 0, events.length);
    const applied = { kind: "applied", position: venue.position, events, repeated } as const;
    const told = new CommandEvents(events, repeated ? events.length : 0, events.length);
    const context = { position: venue.position, index: 0, logTimeMs: venue.logTimeMs, venue };
    this.balances.onCommand(context, told);
    this.balances.onBatch(venue.position, venue.logTimeMs, venue);
    this.#keepTransfers(told.all);
    return { ...applied, logTimeMs: venue.logTimeMs };
  }

  #replica(nodeName: string): Replica {
    const self = this;
    return {
      nodeName,
      get venue() {
        return self.venue;
      },
      get position() {
        return self.venue.position;
      },
      submit: async (_lane, encode) => {
        const failure = self.failNext;
        self.failNext = null;
        if (failure?.after) self.apply(encode);
        return failure === null ? self.apply(encode) : failure.outcome;
      },
      waitFor: async () => true,
      health: () => ({ ok: true, status: "ready", reasons: [] }),
      addProjection: () => undefined,
    };
  }

  #keepTransfers(events: readonly VenueEvent[]): void {
    for (const event of events) {
      if (event.type !== "deposited" && event.type !== "withdrawn") continue;
      const { amount, ...rest } = event satisfies MoneyMovedEvent;
      this.transfers.unshift({ ...rest, amountUnits: amount, timeMs: this.venue.logTimeMs });
    }
  }

  #transfersOf(account: number): Transfer[] {
    return this.transfers.filter((transfer) => transfer.account === account);
  }
}

let requestCount = 0;
/** A UUIDv7 as the edge mints them. */
export function requestIdAt(timeMs: number): RequestId {
  requestCount++;
  const low = ((timeMs % 65536) << 16) | 0x7000;
  return [Math.floor(timeMs / 65536) | 0, low, 0x80000000 | 0, requestCount];
}

export type Sent = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>> & {
    readonly Allow?: string;
    readonly Location?: string;
  };
  // Tests look into answers of every shape.
  // biome-ignore lint/suspicious/noExplicitAny: the test's own assertions are the check
  readonly body: any;
  readonly text: string;
};

export async function send(
  api: JsonApi,
  line: string,
  json?: unknown,
  change: Partial<AdminRequest> = {},
): Promise<Sent> {
  const [verb = "", target = ""] = line.split(" ");
  const [path = "", query = ""] = target.split("?");
  const body = json === undefined ? "" : typeof json === "string" ? json : JSON.stringify(json);
  const response = await api.handle({
    verb,
    path,
    query,
    body: Buffer.from(body),
    address: "203.0.113.7",
    requestId: requestIdAt(startMs),
    retry: false,
    session: null,
    ...change,
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      ...change.headers,
    },
  });
  const { status, headers } = response;
  const sent = { status, headers, body: JSON.parse(response.body), text: response.body };
  if (path !== "/openapi.json" || status !== 200) assertDescribed(verb, path, sent);
  return sent;
}

/** Every answer of every test is held against what openapi.json promises of it. */
function assertDescribed(verb: string, path: string, { status, headers, body }: Sent): void {
  if (status >= 400) {
    assert.equal(headers["Content-Type"], "application/problem+json");
    problemSchema.parse(body);
    assert.equal(body.status, status);
    assert.equal(status === 500, false, "a defect");
    return;
  }
  assert.equal(headers["Content-Type"], "application/json");
  const found = adminRoutes.find(verb, path);
  assert.ok("route" in found);
  assert.equal(status, found.route.success.status);
  found.route.success.schema.parse(body);
}

/** USDT with 6 decimals, BTC with 8, the market between them, and an account. */
export async function withMarket(admin: AdminVenue): Promise<void> {
  await send(admin.api, "POST /assets", { code: "BTC", decimals: 8 });
  await send(admin.api, "POST /assets", { code: "USDT", decimals: 6 });
  await send(admin.api, "POST /markets", btcUsdt);
  await send(admin.api, "POST /accounts", { label: "Alice" });
}

export const btcUsdt = {
  symbol: "BTCUSDT",
  baseAsset: "BTC",
  quoteAsset: "USDT",
  tickSize: "0.01",
  lotSize: "0.0001",
  minPrice: "0.01",
  maxPrice: "1000000",
  minQuantity: "0.0001",
  maxQuantity: "9000",
  maxMarketQuantity: "100",
  minNotional: "5",
  makerFee: "0.001",
  takerFee: "0.001",
};
