import { isIP } from "node:net";
import { ControlClient } from "@halcyon/fleet";
import { Command, InvalidArgumentError } from "commander";
import { CliError, exitCode } from "../cli-error.ts";
import { withExamples } from "../examples.ts";
import { type CommonOptions, dataFolder, withCommonOptions } from "../options.ts";
import { printResult, table, withProgress } from "../output.ts";

type RouteOptions = CommonOptions & {
  readonly client?: string;
  readonly region?: string;
  readonly url?: string;
};

/** What an edge answers at `/plan`. */
type PlanReport = {
  readonly edge: string;
  readonly region: string;
  readonly nodes: readonly {
    readonly name: string;
    readonly state: string;
    readonly latencyMs: number | null;
    readonly load: number | null;
  }[];
  readonly plan: {
    readonly mode: string;
    readonly client: { readonly region: string; readonly why: string };
    readonly tiers: readonly (readonly PlannedNode[])[];
    readonly skipped: readonly Omit<PlannedNode, "share">[];
  };
};
type PlannedNode = {
  readonly name: string;
  readonly region: string;
  readonly share: number;
  readonly reason: string;
};

const timeoutMs = 5_000;

async function route(options: RouteOptions): Promise<void> {
  const health = options.url ?? (await healthUrlOf(options));
  const query = new URLSearchParams();
  if (options.client !== undefined) query.set("client", options.client);
  if (options.region !== undefined) query.set("region", options.region);
  const report = await withProgress(`asking ${health}`, () => askPlan(`${health}/plan?${query}`));
  printResult(options, report, textOf(report));
}

/** The process of the venue that carries its traffic, or steers what carries it. */
async function healthUrlOf(options: RouteOptions): Promise<string> {
  const reply = await new ControlClient(dataFolder(options)).processes();
  if (!reply.ok) throw new CliError("Not running", reply.detail, exitCode.notRunning);
  const steers = reply.body.processes.find(({ role, health }) => isEdge(role) && health !== null);
  if (steers?.health === undefined || steers.health === null) {
    const detail = "No edge or balancer runs there: see halcyon status, or name one with --url.";
    throw new CliError("No edge", detail);
  }
  return `http://${steers.health.host}:${steers.health.port}`;
}

function isEdge(role: string): boolean {
  return role === "balancer" || role === "edge";
}

async function askPlan(url: string): Promise<PlanReport> {
  const detail = `${url} does not answer with a plan: give the health address of an edge or a balancer.`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    if (response.ok) return (await response.json()) as PlanReport;
  } catch (error) {
    if (!(error instanceof TypeError) && !(error instanceof DOMException)) throw error;
  }
  throw new CliError("No plan", detail, exitCode.notRunning);
}

function textOf({ edge, nodes, plan }: PlanReport): string {
  const states = new Map(nodes.map((node) => [node.name, node]));
  const row = ({ name, region, reason }: Omit<PlannedNode, "share">, turn: string) => {
    const { state = "-", latencyMs = null, load = null } = states.get(name) ?? {};
    return [
      turn,
      name,
      region,
      state,
      latencyMs === null ? "-" : `${latencyMs.toFixed(1)} ms`,
      load === null ? "-" : load.toFixed(2),
      reason,
    ];
  };
  const rows = [
    ...plan.tiers.flatMap((tier, index) =>
      tier.map((node) => row(node, `${index + 1} (${node.share})`)),
    ),
    ...plan.skipped.map((node) => row(node, "-")),
  ];
  const heading = ["TRY (SHARE)", "NODE", "REGION", "STATE", "LATENCY", "LOAD", "WHY"];
  const { region, why } = plan.client;
  const mode = plan.mode === "panic" ? "  PANIC: verdicts are not trusted" : "";
  return `${edge} serves the client from ${region}: ${why}${mode}\n${table(heading, rows)}`;
}

function ipAddress(text: string): string {
  if (isIP(text) === 0) throw new InvalidArgumentError("It must be an IP address.");
  return text;
}

export function routeCommand(): Command {
  const command = withCommonOptions(new Command("route"))
    .description("show which region and node a client would get, and why")
    .option("--client <address>", "IP address of the client", ipAddress)
    .option("--region <name>", "the region that the client states (Halcyon-Region)")
    .option("--url <address>", "health address of an edge or a balancer, in place of --data")
    .action(route);
  return withExamples(
    command,
    "halcyon route --client 203.0.113.7",
    "halcyon route --client 203.0.113.7 --json --url http://10.77.1.1:7002",
  );
}
