import type { TrafficPlan } from "../traffic-plan.ts";
import { HAPROXY_WEIGHT_MAX, HAPROXY_WEIGHT_MIN } from "./haproxy-config.ts";
import { requestsBackend, tunnelsBackend } from "./haproxy-frontend.ts";
import type { HaproxySocket, SocketResult } from "./haproxy-socket.ts";

/** The plan of each region's clients. */
export type RegionPlans = ReadonlyMap<string, TrafficPlan>;

/**
 * HAProxy's weights for a plan. The first tier has all but all of the traffic, by its nodes' shares.
 * The others keep the least weight, whatever is thought of them: HAProxy's own checks say which of
 * them it may use, and a repetition can always reach them. Only the operator's 0 is 0.
 */
export function weightsOf(plan: TrafficPlan): Map<string, number> {
  const weights = new Map<string, number>();
  plan.tiers.forEach((tier, index) => {
    const largest = Math.max(...tier.map(({ share }) => share));
    for (const { name, share } of tier) {
      // Without anybody else even those with share 0 serve.
      const part = largest === 0 ? 1 : share / largest;
      const first = Math.max(HAPROXY_WEIGHT_MIN, Math.round(HAPROXY_WEIGHT_MAX * part));
      const later = share === 0 ? 0 : HAPROXY_WEIGHT_MIN;
      weights.set(name, index === 0 && (share > 0 || largest === 0) ? first : later);
    }
  });
  for (const { name } of plan.skipped) weights.set(name, HAPROXY_WEIGHT_MIN);
  return weights;
}

/** Brings HAProxy's weights in step, only where they differ. Returns how many were changed. */
export async function applyPlans(
  socket: HaproxySocket,
  plans: RegionPlans,
): Promise<SocketResult<number>> {
  const present = await socket.weights();
  if (!present.ok) return present;
  let changes = 0;
  for (const [region, plan] of plans) {
    const wanted = weightsOf(plan);
    for (const backend of [requestsBackend(region), tunnelsBackend(region)]) {
      for (const [server, weight] of wanted) {
        if (present.value.get(backend)?.get(server) === weight) continue;
        const set = await socket.setWeight(backend, server, weight);
        if (!set.ok) return set;
        changes += 1;
      }
    }
  }
  return { ok: true, value: changes };
}
