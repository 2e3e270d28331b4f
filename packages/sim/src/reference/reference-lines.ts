import type { ReferenceVenue } from "./reference-venue.ts";

/** The same lines as the venue's own state gives. */
export function referenceAccountLines(reference: ReferenceVenue, account: number): string[] {
  const { ledger } = reference;
  const lines: string[] = [];
  for (let asset = 0; asset < reference.assetCount; asset++) {
    const available = ledger.available(account, asset);
    const held = ledger.held(account, asset);
    lines.push(`account ${account} asset ${asset}: ${available} and ${held} held`);
  }
  const own = reference.orders
    .filter((order) => order.account === account)
    .sort((a, b) => Number(a.id - b.id));
  for (const { id, market, side, lots, price, clientOrderId } of own) {
    lines.push(
      `account ${account} order #${id} market ${market} side ${side} ` +
        `${lots} @ ${price} "${clientOrderId}"`,
    );
  }
  return lines;
}

export function referenceStateLines(reference: ReferenceVenue): string[] {
  const lines: string[] = [];
  for (let account = 1; account < reference.accountCount; account++) {
    lines.push(...referenceAccountLines(reference, account));
  }
  for (let market = 0; market < reference.marketCount; market++) {
    for (const side of [0, 1]) {
      const text = reference.levels(market, side).map(([price, lots]) => `${lots} @ ${price}`);
      lines.push(`market ${market} side ${side}: ${text.join(", ")}`);
    }
  }
  return lines;
}
