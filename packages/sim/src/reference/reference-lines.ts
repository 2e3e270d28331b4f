import { levelsOf } from "./reference-queue.ts";
import type { ReferenceState } from "./reference-state.ts";

/** The same lines as the venue's own state gives. */
export function referenceAccountLines(s: ReferenceState, account: number): string[] {
  const lines: string[] = [];
  for (let asset = 0; asset < s.assets.length; asset++) {
    const available = s.ledger.available(account, asset);
    const held = s.ledger.held(account, asset);
    lines.push(`account ${account} asset ${asset}: ${available} and ${held} held`);
  }
  const own = s.orders
    .filter(({ asked }) => asked.account === account)
    .sort((a, b) => Number(a.id - b.id));
  for (const { id, market, asked, lots, clientOrderId } of own) {
    lines.push(
      `account ${account} order #${id} market ${market.id} side ${asked.side} ` +
        `${lots} @ ${asked.price} "${clientOrderId}"`,
    );
  }
  return lines;
}

export function referenceStateLines(s: ReferenceState): string[] {
  const lines: string[] = [];
  for (let account = 1; account < s.accounts.length; account++) {
    lines.push(...referenceAccountLines(s, account));
  }
  for (const market of s.markets) {
    for (const side of [0, 1]) {
      const text = levelsOf(s, market, side).map(([price, lots]) => `${lots} @ ${price}`);
      lines.push(`market ${market.id} side ${side}: ${text.join(", ")}`);
    }
  }
  return lines;
}
