import { Command, Option } from "commander";
import { callAdmin, listAdmin, path } from "../admin-client.ts";
import { CliError, exitCode } from "../cli-error.ts";
import { withExamples } from "../examples.ts";
import { type CommonOptions, wholeNumber, withCommonOptions } from "../options.ts";
import { printResult, table } from "../output.ts";

type Person = {
  readonly name: string;
  readonly role: "trader" | "administrator";
  readonly account: number | null;
  readonly hasSecondFactor: boolean;
  readonly openSessions: number;
  readonly createdAt: string;
};
type WithPassword = Pick<Person, "name" | "role" | "account"> & { readonly password?: string };
type AddOptions = CommonOptions & {
  readonly account?: number;
  readonly role: Person["role"];
};

function passwordText({ name, password }: WithPassword): string {
  return `${name} signs in with  ${password}`;
}

function add(): Command {
  const command = withCommonOptions(new Command("add"))
    .argument("<name>", "of a-z, 0-9 and . _ - @")
    .description("let somebody sign in on the page; the password is shown once, here")
    .option("--account <id>", "a trader's account", wholeNumber)
    .addOption(
      new Option("--role <role>", "what the person may do")
        .choices(["trader", "administrator"])
        .default("trader"),
    )
    .action(async (name: string, options: AddOptions) => {
      const { account, role } = options;
      if (role === "trader" && account === undefined) {
        const detail = "A trader needs --account ID; halcyon account list shows them.";
        throw new CliError("No account", detail, exitCode.usage);
      }
      const body = role === "trader" ? { name, role, account } : { name, role };
      const made = await callAdmin<WithPassword>(options, "POST", "/people", body);
      printResult(options, made, passwordText(made));
    });
  return withExamples(
    command,
    "halcyon person add alice --account 2",
    "halcyon person add ops-bob --role administrator",
  );
}

function list(): Command {
  const command = withCommonOptions(new Command("list"))
    .description("list the people who can sign in")
    .action(async (options: CommonOptions) => {
      const people = await listAdmin<Person>(options, "/people", "people");
      const rows = people.map((one) => [
        one.name,
        one.role,
        String(one.account ?? "-"),
        one.hasSecondFactor ? "yes" : "no",
        String(one.openSessions),
      ]);
      const heading = ["NAME", "ROLE", "ACCOUNT", "SECOND FACTOR", "SESSIONS"];
      printResult(options, { people }, table(heading, rows));
    });
  return withExamples(command, "halcyon person list");
}

function password(): Command {
  const command = withCommonOptions(new Command("password"))
    .argument("<name>", "whose")
    .description("give a person a new password; all its sessions end")
    .action(async (name: string, options: CommonOptions) => {
      const route = path`/people/${name}/password`;
      const changed = await callAdmin<WithPassword>(options, "PUT", route, {});
      printResult(options, changed, passwordText(changed));
    });
  return withExamples(command, "halcyon person password alice");
}

/** What takes something away from a person. */
function ending(verb: string, below: string, description: string, done: string): Command {
  const command = withCommonOptions(new Command(verb))
    .argument("<name>", "whose")
    .description(description)
    .action(async (name: string, options: CommonOptions) => {
      const changed = await callAdmin(options, "DELETE", path`/people/${name}` + below);
      printResult(options, changed, `${name} ${done}`);
    });
  return withExamples(command, `halcyon person ${verb} alice`);
}

export function personCommand(): Command {
  const command = new Command("person")
    .description("add, list and remove the people who sign in on the page")
    .addCommand(add())
    .addCommand(list())
    .addCommand(password())
    .addCommand(
      ending(
        "reset-factor",
        "/totp",
        "take the second factor of somebody who lost it; all sessions end",
        "signs in without a second factor now",
      ),
    )
    .addCommand(
      ending("sign-out", "/sessions", "end all sessions of a person", "is signed in nowhere now"),
    )
    .addCommand(
      ending("remove", "", "remove a person; a trader's account stays", "can no longer sign in"),
    );
  return withExamples(command, "halcyon person add alice --account 2", "halcyon person list");
}
