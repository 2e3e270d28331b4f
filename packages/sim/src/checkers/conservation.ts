import type { Evidence } from "./violation.ts";

const balancePattern = /^account (\d+) asset (\d+): (-?\d+) and (-?\d+) held$/;
const flagsPattern = /^account (\d+) flags (\d+)$/;
const mayOverdraw = 16;
const movePattern = /^(deposited|withdrawn) \d+ account \d+ asset (\d+) (\d+) /;

/** What came in less what went out is what all accounts have together; nothing is negative but what may be overdrawn; the audit agrees. */
export function checkConservation({ run }: Evidence): string[] {
  const entered = new Map<string, bigint>();
  const overdrawers = new Set<string>();
  for (const { commands } of run.published.values()) {
    for (const line of commands.flat()) {
      const [, account, flags] = flagsPattern.exec(line) ?? [];
      if ((Number(flags ?? 0) & mayOverdraw) !== 0) overdrawers.add(account!);
      const [, kind, asset, amount] = movePattern.exec(line) ?? [];
      if (asset === undefined) continue;
      const signed = kind === "deposited" ? BigInt(amount!) : -BigInt(amount!);
      entered.set(asset, (entered.get(asset) ?? 0n) + signed);
    }
  }
  const faults: string[] = [];
  for (const { node, audit, lines, position } of run.finals) {
    if (audit !== "balanced") faults.push(`${node}'s audit at ${position}: ${audit}`);
    const owed = new Map<string, bigint>();
    for (const line of lines) {
      const [, account, asset, available, held] = balancePattern.exec(line) ?? [];
      if (asset === undefined) continue;
      const isBelow = BigInt(available!) < 0n && !overdrawers.has(account!);
      if (isBelow || BigInt(held!) < 0n) faults.push(`${node}: negative: ${line}`);
      owed.set(asset, (owed.get(asset) ?? 0n) + BigInt(available!) + BigInt(held!));
    }
    if (position !== run.log.length) continue;
    for (const [asset, amount] of owed) {
      const came = entered.get(asset) ?? 0n;
      if (came !== amount)
        faults.push(`${node}: asset ${asset}: ${came} came in, ${amount} is there`);
    }
  }
  return faults;
}
