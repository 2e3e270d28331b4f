import { ControlClient, type ControlReply, type ProcessStatus } from "@halcyon/fleet";
import { Command } from "commander";
import { CliError, exitCode } from "../cli-error.ts";
import { withExamples } from "../examples.ts";
import { type CommonOptions, dataFolder, withCommonOptions } from "../options.ts";
import { paint, printJson, printLine, printResult, table, withProgress } from "../output.ts";
import { auditLedger, type LedgerAudit } from "./audit.ts";

function bodyOf<Body>(reply: ControlReply<Body>): Body {
  if (reply.ok) return reply.body;
  const code = reply.code === "not-running" ? exitCode.notRunning : exitCode.failed;
  throw new CliError(reply.code === "not-running" ? "Not running" : "Not done", reply.detail, code);
}

const stateStyles = { ready: "green", running: "green", draining: "yellow" } as const;

function processTable(processes: readonly ProcessStatus[]): string {
  const rows = processes.map((one) => [
    one.name,
    one.role,
    one.region ?? "-",
    one.state,
    String(one.pid ?? "-"),
    String(one.restarts),
    one.startedAt ?? "-",
  ]);
  const heading = ["NAME", "ROLE", "REGION", "STATE", "PID", "RESTARTS", "STARTED"];
  const [head, ...lines] = table(heading, rows).split("\n");
  const painted = lines.map((line, i) => {
    const { state } = processes[i]!;
    const style = stateStyles[state as keyof typeof stateStyles] ?? "red";
    return line.replace(` ${state}`, ` ${paint(style, state)}`);
  });
  return [head, ...painted].join("\n");
}

type StatusOptions = CommonOptions & { readonly audit?: boolean };

async function showStatus(options: StatusOptions): Promise<void> {
  const { venue, processes } = bodyOf(
    await withProgress("asking the processes", () =>
      new ControlClient(dataFolder(options)).processes(),
    ),
  );
  const audit = options.audit === true ? await auditLedger(options) : null;
  if (options.json === true) {
    printJson({ venue, processes, ...(audit === null ? {} : { audit: audit.body }) });
  } else {
    printLine(`${venue.url}  ${venue.topology} topology  pid ${venue.pid}  ${venue.data}`);
    printLine(processTable(processes));
    for (const one of processes) {
      for (const reason of one.reasons) printLine(`${one.name}: ${reason}`);
      if (one.logDroppedBytes > 0) {
        printLine(
          `${one.name}: ${one.logDroppedBytes} bytes of its log were lost: is the disk full?`,
        );
      }
    }
    if (audit !== null) printLine(`\n${audit.text}`);
  }
  if (audit !== null) failUnlessBalanced(audit);
}

function failUnlessBalanced({ body }: LedgerAudit): void {
  if (body.balanced) return;
  throw new CliError(
    "The ledger does not balance",
    "Halt the markets (halcyon market halt SYMBOL) and keep the data folder for inspection.",
  );
}

export function statusCommand(): Command {
  const command = withCommonOptions(new Command("status"))
    .description("list the processes and how they are")
    .option("--audit", "also add up the ledger: every asset must balance")
    .action(showStatus);
  return withExamples(command, "halcyon status", "halcyon status --audit --json");
}

const stoppedWithinMs = 60_000;
const lookEveryMs = 100;

export function stopCommand(): Command {
  const command = withCommonOptions(new Command("stop"))
    .description(
      "stop everything in order: the edge drains first, then the nodes, then the follower",
    )
    .action(async (options: CommonOptions) => {
      const data = dataFolder(options);
      const control = new ControlClient(data);
      bodyOf(await control.stop());
      await withProgress("stopping", async () => {
        const deadline = Date.now() + stoppedWithinMs;
        while ((await control.processes()).ok) {
          if (Date.now() > deadline) {
            const detail = `Something still runs after ${stoppedWithinMs / 1000} s: see halcyon status.`;
            throw new CliError("Not stopped", detail);
          }
          await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
        }
      });
      printResult(options, { stopped: data }, "stopped");
    });
  return withExamples(command, "halcyon stop", "halcyon stop --data /var/lib/halcyon");
}

type Action = "drain" | "undrain" | "kill";

function actionCommand(action: Action, description: string, done: string): Command {
  const command = withCommonOptions(new Command(action))
    .argument("<node>", "name of the process, as halcyon status shows it")
    .description(description)
    .action(async (name: string, options: CommonOptions) => {
      const control = new ControlClient(dataFolder(options));
      const body = bodyOf(await control.act(name, action));
      printResult(options, body, `${name} ${done}`);
    });
  return withExamples(command, `halcyon ${action} eu-1`);
}

export function nodeCommands(): Command[] {
  return [
    actionCommand(
      "drain",
      "take a node out of traffic; it goes on serving what it has",
      "drains: it gets no new requests, and its streams move to other nodes",
    ),
    actionCommand("undrain", "give a drained node traffic again", "takes traffic again"),
    actionCommand(
      "kill",
      "kill a process as a crash would (SIGKILL), to try; it is started again",
      "was killed and is being started again",
    ),
  ];
}
