import type { Op } from "../record.ts";
import { appearancesOf } from "./appearances.ts";
import type { Evidence } from "./violation.ts";

const commandsPerBatchMax = 1e6;

/** If A was answered before B was asked, A took effect before B. One sweep over calls and returns. */
export function checkRealTime({ run, batches }: Evidence): string[] {
  const appearances = appearancesOf(batches);
  const effectOf = (op: Op): number | null => {
    const places = [...op.requestIds].flatMap((id) => appearances.get(id)?.slice(0, 1) ?? []);
    const first = places[0];
    return first === undefined ? null : first.position * commandsPerBatchMax + first.index;
  };
  type Moment = { readonly atUs: number; readonly isCall: boolean; readonly op: Op };
  const moments: Moment[] = [];
  for (const op of run.ops) {
    moments.push({ atUs: op.invokedAtUs, isCall: true, op });
    if (op.result?.kind === "applied" && op.returnedAtUs !== null) {
      moments.push({ atUs: op.returnedAtUs, isCall: false, op });
    }
  }
  // At the same moment calls come first: then neither was before the other.
  moments.sort((a, b) => a.atUs - b.atUs || Number(b.isCall) - Number(a.isCall));
  const faults: string[] = [];
  const leastAtCall = new Map<Op, { effect: number; op: Op | null }>();
  let newest: { effect: number; op: Op | null } = { effect: 0, op: null };
  for (const { isCall, op } of moments) {
    if (isCall) leastAtCall.set(op, newest);
    else {
      const effect = effectOf(op) ?? 0;
      if (effect > newest.effect) newest = { effect, op };
    }
  }
  for (const [op, before] of leastAtCall) {
    const effect = effectOf(op);
    if (effect === null || before.op === null || effect > before.effect) continue;
    faults.push(
      `op ${op.id} was asked after op ${before.op.id} was answered, but took effect before it`,
    );
  }
  return faults;
}
