import { Counter, Gauge, type Registry } from "prom-client";
import { resolveLimits } from "../config.ts";
import type { EdgeLog } from "../edge-log.ts";
import { NodeBoard, type PlanReport } from "../node-board.ts";
import type { PlanClient } from "../traffic-plan.ts";
import { applyPlans } from "./apply-plan.ts";
import { Certificate } from "./certificate.ts";
import { checkHaproxyConfig, type HaproxyEdgeConfig, runtimeSocketOf } from "./haproxy-settings.ts";
import { HaproxySocket } from "./haproxy-socket.ts";

export interface BalancerOptions {
  readonly config: HaproxyEdgeConfig;
  readonly log: EdgeLog;
  readonly metrics: Pick<Registry, "registerMetric">;
}

export interface Balancer {
  /** Ready while HAProxy takes commands and some node looks alive. */
  ready(): { ok: boolean; status: string; reasons: readonly string[] };
  /** Where the requests of a client would go now, and why. */
  plan(client?: Partial<PlanClient>): PlanReport;
  stop(): Promise<void>;
}

/** Of looking at the nodes, and at HAProxy. */
const APPLY_INTERVAL_MS = 1_000;

/**
 * Probes the nodes, makes the plan of each region's clients and keeps HAProxy's weights in step, and
 * its certificate. It decides nothing that HAProxy could not do without: when it is gone, the weights
 * stay as they are and HAProxy goes on with its own checks.
 */
export function startBalancer({ config, log, metrics }: BalancerOptions): Balancer {
  checkHaproxyConfig(config);
  // HAProxy looks for itself who is dead: here no hurry is needed.
  const limits = { ...resolveLimits(config), probeIntervalMs: APPLY_INTERVAL_MS };
  const board = new NodeBoard(config, limits, log);
  const socket = new HaproxySocket(runtimeSocketOf(config.haproxy));
  let trouble: string | null = "The plan was not applied yet.";
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const changes = registerMetrics(metrics, board, () => trouble === null);
  const { certificateFile } = config.haproxy;
  const certificate =
    certificateFile === undefined ? null : new Certificate(certificateFile, socket, log);

  const apply = async (): Promise<void> => {
    await certificate?.renew();
    const result = await applyPlans(socket, plansOf(config, board));
    const before = trouble;
    trouble = result.ok ? null : result.detail;
    if (result.ok && result.value > 0) {
      changes.inc(result.value);
      log.info({ changes: result.value }, "weights changed");
    }
    if (trouble !== null && trouble !== before) log.error({ reason: trouble }, "plan not applied");
    if (!isStopped) timer = setTimeout(next, APPLY_INTERVAL_MS);
  };
  let under = Promise.resolve();
  const next = (): void => {
    under = apply();
  };
  board.start();
  // The nodes' first answers come before the first plan: nobody is taken for dead who was not asked.
  timer = setTimeout(next, APPLY_INTERVAL_MS);

  return {
    ready: () => readiness(board, trouble, certificate?.trouble ?? null),
    plan: (client) => board.report({ statedRegion: null, address: null, ...client }),
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await under;
      clearTimeout(timer);
      board.stop();
    },
  };
}

function plansOf(config: HaproxyEdgeConfig, board: NodeBoard) {
  return new Map(
    config.regions.map(({ name }) => [name, board.plan({ statedRegion: name, address: null })]),
  );
}

function readiness(
  board: NodeBoard,
  trouble: string | null,
  certificateTrouble: string | null,
): ReturnType<Balancer["ready"]> {
  if (trouble !== null) return { ok: false, status: "no haproxy", reasons: [trouble] };
  if (certificateTrouble !== null) {
    return { ok: false, status: "old certificate", reasons: [certificateTrouble] };
  }
  const counts = board.countByState();
  if ((counts.get("healthy") ?? 0) + (counts.get("draining") ?? 0) > 0) {
    return { ok: true, status: "ready", reasons: [] };
  }
  return { ok: false, status: "no healthy node", reasons: board.reasons() };
}

function registerMetrics(
  registry: BalancerOptions["metrics"],
  board: NodeBoard,
  isApplied: () => boolean,
): Counter {
  // Registered below: prom-client would otherwise put them into its global registry too.
  const registers: never[] = [];
  const changes = new Counter({
    name: "halcyon_balancer_changes_total",
    help: "Weights that were changed in HAProxy.",
    registers,
  });
  registry.registerMetric(changes);
  registry.registerMetric(
    new Gauge({
      name: "halcyon_balancer_in_step",
      help: "1 while HAProxy has the weights of the plan.",
      registers,
      collect() {
        this.set(isApplied() ? 1 : 0);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: "halcyon_balancer_nodes",
      help: "Nodes by what the balancer believes about them.",
      labelNames: ["state"],
      registers,
      collect() {
        for (const [state, count] of board.countByState()) this.set({ state }, count);
      },
    }),
  );
  return changes;
}
