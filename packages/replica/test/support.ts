import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { inspect } from "node:util";
import {
  encodeCancelAll,
  encodeCreateAccount,
  encodeCreateAsset,
  encodeCreateMarket,
  encodeDeposit,
  encodePlaceOrder,
  type Origin,
  orderType,
  type RequestId,
  readEvents,
  side,
  timeInForce,
  type VenueEvent,
} from "@halcyon/core";
import type { CommandLog } from "@halcyon/log";
import {
  type CommandContext,
  type CommandEvents,
  type Encode,
  LogReplica,
  type Outcome,
  type Projection,
  type ReplicaOptions,
} from "@halcyon/replica";

/** Waits for what must come to be; the deadline is only there so that a failure ends. */
export async function until(
  condition: () => boolean,
  what: string,
  deadlineMs = 10_000,
): Promise<void> {
  const endMs = performance.now() + deadlineMs;
  while (!condition()) {
    if (performance.now() > endMs) assert.fail(`within ${deadlineMs} ms there was no: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Lets everything that is ready to run do so. */
export async function settle(turns = 5): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
}

export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "halcyon-replica-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

type StartOptions = Partial<ReplicaOptions> & { readonly log: CommandLog };

/** A started replica that is stopped when the test ends. */
export async function startReplica(
  t: TestContext,
  options: StartOptions,
  projections: readonly Projection[] = [],
): Promise<LogReplica> {
  const replica = new LogReplica({ nodeName: "n0", nodeId: 0, snapshots: null, ...options });
  for (const projection of projections) replica.addProjection(projection);
  t.after(() => replica.stop());
  await replica.start();
  return replica;
}

export function requestId(n: number): RequestId {
  return [n, 1, 2, 3];
}

export const buyer = 2;
export const seller = 3;

export function deposit(account: number, asset: number, amount: bigint): Encode {
  return (w) =>
    encodeDeposit(w, {}, { account, asset, amount, network: "", address: "", reference: "" });
}

export function limitOrder(
  account: number,
  of: "buy" | "sell",
  priceTicks: number,
  quantityLots: number,
  origin: Origin = {},
  clientOrderId = "",
): Encode {
  return (w) =>
    encodePlaceOrder(w, origin, {
      account,
      market: 0,
      side: side[of],
      type: orderType.limit,
      timeInForce: timeInForce.gtc,
      priceTicks,
      quantityLots,
      quoteUnits: 0,
      clientOrderId,
    });
}

export function cancelAll(account: number): Encode {
  return (w) => encodeCancelAll(w, {}, { account, market: -1 });
}

/** An account by any label: the smallest command that always works. */
export function createAccount(label: string): Encode {
  return (w) => encodeCreateAccount(w, {}, { label });
}

/** Two assets, one market, two accounts with plenty of both. */
export const openingCommands: readonly Encode[] = [
  (w) => encodeCreateAsset(w, {}, { code: "BTC", decimals: 8 }),
  (w) => encodeCreateAsset(w, {}, { code: "USDT", decimals: 8 }),
  (w) =>
    encodeCreateMarket(
      w,
      {},
      {
        symbol: "BTCUSDT",
        baseAsset: 0,
        quoteAsset: 1,
        tickUnits: 1_000_000n,
        lotUnits: 1_000n,
        priceTicksMin: 1,
        priceTicksMax: 100_000_000,
        quantityLotsMin: 1,
        quantityLotsMax: 1_000_000_000,
        marketQuantityLotsMax: 1_000_000_000,
        notionalMin: 1n,
        makerFeePpm: 1_000,
        takerFeePpm: 1_000,
        openOrdersMax: 100_000,
      },
    ),
  createAccount("buyer"),
  createAccount("seller"),
  deposit(buyer, 1, 1_000_000_000_000_000n),
  deposit(seller, 0, 1_000_000_000_000_000n),
];

export async function openVenue(replica: LogReplica): Promise<void> {
  await until(() => replica.health().ok, `a ready replica (${replica.health().reasons.join()})`);
  for (const encode of openingCommands) applied(await replica.submit("normal", encode));
}

/** The events of an outcome that has to be an applied one, without a refusal. */
export function applied(outcome: Outcome): VenueEvent[] {
  assert.ok(outcome.kind === "applied", `applied, not ${inspect(outcome)}`);
  const events = readEvents(outcome.events, 0, outcome.events.length);
  for (const event of events) assert.notEqual(event.type, "refused", inspect(event));
  return events;
}

/** Keeps a line for everything it is told, so that two of them can be compared. */
export class Diary implements Projection {
  readonly name = "diary";
  lines: string[] = [];

  onCommand(context: CommandContext, events: CommandEvents): void {
    const types = events.all.map((event) => event.type).join("+");
    this.lines.push(`${context.position}.${context.index} ${context.logTimeMs} ${types}`);
  }
  onBatch(position: number, logTimeMs: number): void {
    this.lines.push(`${position} ${logTimeMs}`);
  }
  save(): Uint8Array {
    return Buffer.from(JSON.stringify(this.lines));
  }
  restore(bytes: Uint8Array): void {
    this.lines = JSON.parse(Buffer.from(bytes).toString()) as string[];
  }
}
