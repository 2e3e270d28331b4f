import { type TransferId, type TransferOrder, transferKind } from "@halcyon/core";
import type { Random } from "../world/random.ts";

export type TransferSetting = {
  readonly random: Random;
  readonly accountFrom: number;
  readonly accountTo: number;
  readonly assets: number;
  readonly amountMost: number;
  /** Counts the ids that were made. */
  readonly ids: { last: number };
};

/** The transfers of one command: single ones and chains, holds and what ends them, and ids that come again. */
export function drawTransfers(setting: TransferSetting): TransferOrder[] {
  const { random } = setting;
  const count = random.pick([1, 1, 1, 2, 3, 5]);
  const transfers = Array.from({ length: count }, () => drawTransfer(setting));
  const isChain = random.chance(0.4);
  return transfers.map((transfer, index) => {
    const isLast = index === count - 1;
    return { ...transfer, linked: isLast ? random.chance(0.03) : isChain && random.chance(0.7) };
  });
}

function drawTransfer(setting: TransferSetting): TransferOrder {
  const { random, ids } = setting;
  // An id that was used: mostly with another content, which must be refused.
  const isOld = ids.last > 0 && random.chance(0.08);
  const id = idOf(isOld ? random.between(1, ids.last) : ++ids.last);
  const code = random.pick([0, 7, -1]);
  const draw = random.below(10);
  const amount = BigInt(random.between(random.chance(0.05) ? -1 : 1, setting.amountMost));
  if (draw >= 7 && ids.last > 1) {
    // Mostly one of the latest ids: it may be a hold that is open.
    const hold = idOf(Math.max(1, ids.last - random.below(12)));
    if (draw === 9) return { kind: transferKind.void, id, code, hold };
    const posted = random.chance(0.4) ? 0n : amount;
    const named = random.chance(0.2) ? { asset: random.below(setting.assets) } : {};
    return { kind: transferKind.post, id, code, hold, amount: posted, ...named };
  }
  const parties = {
    from: random.between(setting.accountFrom, setting.accountTo),
    to: random.between(setting.accountFrom, setting.accountTo),
    asset: random.below(setting.assets),
    amount,
  };
  if (draw < 3) return { kind: transferKind.transfer, id, code, ...parties };
  return { kind: transferKind.hold, id, code, ...parties, timeoutSeconds: random.pick([0, 1, 3]) };
}

function idOf(number: number): TransferId {
  return [9, 9, 9, number];
}
