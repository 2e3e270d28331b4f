import { faultKinds, type Narrowing } from "./profile.ts";
import { type RunReport, simulate } from "./simulate.ts";

export type Shrunk = { readonly narrowing: Narrowing; readonly report: RunReport };

/**
 * Makes a failing seed smaller, greedily: without each kind of fault, in a calm log, shorter, with
 * fewer traders and fewer commands, as long as one of the same checkers still finds something.
 */
export async function shrinkSeed(report: RunReport): Promise<Shrunk> {
  const { seed } = report;
  const checkers = new Set(report.violations.map(({ checker }) => checker));
  let best: Shrunk = { narrowing: {}, report };
  const attempt = async (change: Narrowing): Promise<boolean> => {
    const narrowing = { ...best.narrowing, ...change };
    const again = await simulate({ seed, narrowing });
    const isStillThere = again.violations.some(({ checker }) => checkers.has(checker));
    if (isStillThere) best = { narrowing, report: again };
    return isStillThere;
  };
  if (!(await attempt({ without: faultKinds }))) {
    for (const kind of faultKinds) {
      await attempt({ without: [...(best.narrowing.without ?? []), kind] });
    }
  }
  await attempt({ calm: true });
  for (let durationMs = 30_000; durationMs >= 500; durationMs = Math.round(durationMs / 2)) {
    if (!(await attempt({ durationMs }))) break;
  }
  for (let traders = 4; traders >= 1; traders--) if (!(await attempt({ traders }))) break;
  let most = best.report.ops;
  for (let step = most >> 1; step >= 1; step >>= 1) {
    if (await attempt({ requests: most - step })) most -= step;
  }
  return best;
}

/** The options with which `npm run sim` runs it again. */
export function flagsOf(seed: number, narrowing: Narrowing): string {
  const { traders, durationMs, requests, without, calm } = narrowing;
  return [
    `--seed ${seed}`,
    ...(traders === undefined ? [] : [`--traders ${traders}`]),
    ...(durationMs === undefined ? [] : [`--duration ${durationMs}`]),
    ...(requests === undefined ? [] : [`--requests ${requests}`]),
    ...(without === undefined ? [] : [`--without "${without.join(", ")}"`]),
    ...(calm === true ? ["--calm"] : []),
  ].join(" ");
}
