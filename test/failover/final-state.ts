import assert from "node:assert/strict";
import type { VenueProcess } from "../venue-process.ts";
import { ApiConnection, type Client } from "./client.ts";
import type { FinalOrders, Order } from "./history.ts";
import { symbol } from "./load.ts";
import { nodeNames } from "./processes.ts";

export type Trade = {
  readonly id: number;
  readonly orderId: number;
  readonly price: string;
  readonly qty: string;
  readonly quoteQty: string;
  readonly commission: string;
  readonly commissionAsset: string;
  readonly isBuyer: boolean;
};
type Balance = { readonly asset: string; readonly free: string; readonly locked: string };

/** Everything the venue knows of its clients, as clients can ask for it. */
export type FinalState = {
  readonly orders: FinalOrders;
  readonly trades: ReadonlyMap<number, readonly Trade[]>;
  readonly balances: ReadonlyMap<number, readonly Balance[]>;
};

/** As one address tells it once it has applied `position`. An account shows its last 1,000 orders. */
export async function readState(
  port: number,
  clients: readonly Client[],
  position: number,
): Promise<FinalState> {
  const connection = new ApiConnection(port);
  const ask = async (client: Client, path: string, parameters = {}): Promise<unknown> => {
    const reply = await connection.send(client, "GET", path, parameters, position);
    assert.equal(reply.status, 200, `${path}: ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  const state = { orders: new Map(), trades: new Map(), balances: new Map() };
  const ofMarket = { symbol, limit: 1_000 };
  await Promise.all(
    clients.map(async (client) => {
      const account = (await ask(client, "/api/v3/account")) as { balances: Balance[] };
      state.orders.set(client.account, await ask(client, "/api/v3/allOrders", ofMarket));
      state.trades.set(client.account, await ask(client, "/api/v3/myTrades", ofMarket));
      state.balances.set(client.account, account.balances);
    }),
  );
  connection.close();
  return state;
}

/** The state as every node tells it on its own port; fails where two differ. */
export async function readAgreedState(
  venue: VenueProcess,
  clients: readonly Client[],
): Promise<FinalState> {
  // Whatever was acknowledged, the node that did so has applied it: the furthest one has seen all.
  const positions = await Promise.all(nodeNames.map((name) => positionOf(venue.port(name))));
  const position = Math.max(...positions);
  const states = await Promise.all(
    nodeNames.map((name) => readState(venue.port(name), clients, position)),
  );
  for (const state of states.slice(1)) {
    for (const client of clients) {
      for (const part of ["orders", "trades", "balances"] as const) {
        const [first, other] = [states[0]![part], state[part]];
        assert.deepEqual(other.get(client.account), first.get(client.account), part);
      }
    }
  }
  return states[0]!;
}

async function positionOf(port: number): Promise<number> {
  const connection = new ApiConnection(port);
  const { position } = await connection.request("GET", "/api/v3/ping");
  connection.close();
  return position;
}

/** Amounts as whole numbers of the smallest unit, so that sums are exact. */
export function units(decimal: string): bigint {
  const [whole, fraction = ""] = decimal.split(".");
  return BigInt(whole! + fraction.padEnd(8, "0"));
}

const textOf = (amount: bigint) => `${amount / 100_000_000n}.${amount % 100_000_000n}`;

/**
 * Each account has what was deposited, changed by its trades, and holds what its open orders need:
 * worked out here anew from orders and trades.
 */
export function ledgerFaults(
  state: FinalState,
  deposits: Readonly<Record<"BTC" | "USDT", string>>,
): string[] {
  const faults: string[] = [];
  for (const [account, orders] of state.orders) {
    const trades = state.trades.get(account) ?? [];
    const total = { BTC: units(deposits.BTC), USDT: units(deposits.USDT) };
    for (const trade of trades) {
      const sign = trade.isBuyer ? 1n : -1n;
      total.BTC += sign * units(trade.qty);
      total.USDT -= sign * units(trade.quoteQty);
      total[trade.commissionAsset as "BTC" | "USDT"] -= units(trade.commission);
    }
    faults.push(...executionFaults(account, orders, trades));
    for (const asset of ["BTC", "USDT"] as const) {
      const balance = state.balances.get(account)?.find((one) => one.asset === asset);
      const has = units(balance?.free ?? "0") + units(balance?.locked ?? "0");
      if (has !== total[asset]) {
        faults.push(
          `${account} has ${textOf(has)} ${asset}, its trades leave ${textOf(total[asset])}`,
        );
      }
      const needs = orders.reduce((sum, order) => sum + heldBy(order, asset), 0n);
      if (units(balance?.locked ?? "0") !== needs) {
        faults.push(`${account} holds ${balance?.locked} ${asset}, its orders ${textOf(needs)}`);
      }
    }
  }
  return faults;
}

function executionFaults(
  account: number,
  orders: readonly Order[],
  trades: readonly Trade[],
): string[] {
  const executed = new Map<number, bigint>();
  for (const { orderId, qty } of trades) {
    executed.set(orderId, (executed.get(orderId) ?? 0n) + units(qty));
  }
  return orders.flatMap(({ orderId, executedQty, clientOrderId }) =>
    (executed.get(orderId) ?? 0n) === units(executedQty)
      ? []
      : [`${account}/${clientOrderId} executed ${executedQty}, its trades say otherwise`],
  );
}

function heldBy(order: Order, asset: "BTC" | "USDT"): bigint {
  const isOpen = order.status === "NEW" || order.status === "PARTIALLY_FILLED";
  if (!isOpen || (order.side === "BUY") !== (asset === "USDT")) return 0n;
  const open = units(order.origQty) - units(order.executedQty);
  return asset === "BTC" ? open : (open * units(order.price)) / 100_000_000n;
}
