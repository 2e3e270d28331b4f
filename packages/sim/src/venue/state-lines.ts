import type { Venue } from "@halcyon/core";

/** An account's balances and open orders as lines, to be compared with the reference's. */
export function accountLines(venue: Venue, account: number, assetCount: number): string[] {
  const lines: string[] = [];
  for (let asset = 0; asset < assetCount; asset++) {
    const available = venue.available(account, asset);
    const held = venue.held(account, asset);
    lines.push(`account ${account} asset ${asset}: ${available} and ${held} held`);
  }
  const orders = venue.openOrders(account).sort((a, b) => a.orderId - b.orderId);
  for (const order of orders) {
    lines.push(
      `account ${account} order #${order.orderId} market ${order.market} side ${order.side} ` +
        `${order.remainingLots} @ ${order.priceTicks} "${order.clientOrderId}"`,
    );
  }
  return lines;
}

/** The whole venue: every account but the world outside, and every level of every book. */
export function stateLines(venue: Venue, accountCount: number): string[] {
  const lines: string[] = [];
  const assetCount = venue.assets.all().length;
  for (let account = 1; account < accountCount; account++) {
    lines.push(...accountLines(venue, account, assetCount));
  }
  for (const { id } of venue.markets.all()) {
    for (const side of [0, 1] as const) {
      const levels = venue.levels(id, side, Number.MAX_SAFE_INTEGER);
      const text = levels.map(({ priceTicks, quantityLots }) => `${quantityLots} @ ${priceTicks}`);
      lines.push(`market ${id} side ${side}: ${text.join(", ")}`);
    }
  }
  return lines;
}
