import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { callAdmin, listAdmin, path } from "../admin-client.ts";
import { CliError, exitCode } from "../cli-error.ts";
import { withExamples } from "../examples.ts";
import { type CommonOptions, collect, wholeNumber, withCommonOptions } from "../options.ts";
import { printResult, table } from "../output.ts";

type Account = {
  readonly id: number;
  readonly label: string;
  readonly openOrders: number;
  readonly flags: Readonly<Record<string, boolean>>;
  readonly balances?: readonly { asset: string; available: string; held: string }[];
};
type Key = {
  readonly name: string;
  readonly kind: string;
  readonly permissions: readonly string[];
  readonly label: string;
  readonly createdAt: string;
  readonly secret?: string;
};

export function accountCommand(): Command {
  const create = withCommonOptions(new Command("create"))
    .argument("[label]", "what people call it", "")
    .description("create an account")
    .action(async (label: string, options: CommonOptions) => {
      const account = await callAdmin<Account>(options, "POST", "/accounts", { label });
      printResult(options, account, `account ${account.id}`);
    });
  const list = withCommonOptions(new Command("list"))
    .description("list the accounts")
    .action(async (options: CommonOptions) => {
      const accounts = await listAdmin<Account>(options, "/accounts", "accounts");
      const rows = accounts.map((one) => [String(one.id), String(one.openOrders), one.label]);
      printResult(options, { accounts }, table(["ID", "OPEN ORDERS", "LABEL"], rows));
    });
  const show = withCommonOptions(new Command("show"))
    .argument("<id>", "number of the account", wholeNumber)
    .description("show an account with its balances")
    .action(async (id: number, options: CommonOptions) => {
      const account = await callAdmin<Account>(options, "GET", path`/accounts/${id}`);
      const balances = account.balances ?? [];
      const rows = balances.map(({ asset, available, held }) => [asset, available, held]);
      const heading = `account ${id}  ${account.label}  ${account.openOrders} open orders`;
      const text = `${heading}\n${table(["ASSET", "AVAILABLE", "HELD"], rows)}`;
      printResult(options, account, text);
    });
  const command = new Command("account")
    .description("create, list, show, freeze and thaw accounts")
    .addCommand(withExamples(create, 'halcyon account create "Alice"'))
    .addCommand(withExamples(list, "halcyon account list"))
    .addCommand(withExamples(show, "halcyon account show 2"))
    .addCommand(
      accountFreezing("freeze", true, "is frozen", "cancel its orders, let no money move"),
    )
    .addCommand(accountFreezing("thaw", false, "is thawed", "let a frozen account trade again"));
  return withExamples(command, 'halcyon account create "Alice"', "halcyon account show 2");
}

/** The account's other flags stay as they are. */
function accountFreezing(
  name: "freeze" | "thaw",
  frozen: boolean,
  done: string,
  description: string,
): Command {
  const command = withCommonOptions(new Command(name))
    .argument("<id>", "number of the account", wholeNumber)
    .description(description)
    .action(async (id: number, options: CommonOptions) => {
      const { flags } = await callAdmin<Account>(options, "GET", path`/accounts/${id}`);
      const asked = { ...flags, frozen };
      const changed = await callAdmin(options, "PUT", path`/accounts/${id}/flags`, asked);
      printResult(options, changed, `account ${id} ${done}`);
    });
  return withExamples(command, `halcyon account ${name} 2`);
}

type NewKeyOptions = CommonOptions & {
  readonly label: string;
  readonly permissions: string;
  readonly publicKey?: string;
  readonly kind: string;
  readonly allow?: readonly string[];
};

function readPublicKey({ kind, publicKey }: NewKeyOptions): object {
  if (kind === "hmac-sha256") return {};
  if (publicKey === undefined) {
    const detail = `A key of kind ${kind} needs --public-key FILE, in PEM.`;
    throw new CliError("No public key", detail, exitCode.usage);
  }
  try {
    return { publicKey: readFileSync(publicKey, "utf8") };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const detail = `${publicKey} cannot be read (${code}): name a file with --public-key.`;
    throw new CliError("No public key", detail, exitCode.usage);
  }
}

function keyCreate(): Command {
  const command = withCommonOptions(new Command("create"))
    .argument("<account>", "number of the account", wholeNumber)
    .description("create a key; an HMAC key's secret is shown once, here")
    .option("--permissions <list>", "read, trade, withdraw", "read,trade")
    .option("--label <text>", "what people call it", "")
    .addOption(
      new Option("--kind <kind>", "who makes the secret: the venue (HMAC) or the client")
        .choices(["hmac-sha256", "ed25519", "rsa"])
        .default("hmac-sha256"),
    )
    .option("--public-key <file>", "the client's public key in PEM, for ed25519 and rsa")
    .option("--allow <address>", "address that may use it; repeat for more (any)", collect)
    .action(async (account: number, options: NewKeyOptions) => {
      const key = await callAdmin<Key>(options, "POST", path`/accounts/${account}/keys`, {
        kind: options.kind,
        ...readPublicKey(options),
        permissions: options.permissions.split(",").map((name) => name.trim()),
        label: options.label,
        allowedAddresses: options.allow ?? [],
      });
      const secret = key.secret === undefined ? "" : `\nsecret   ${key.secret}`;
      printResult(options, key, `API key  ${key.name}${secret}`);
    });
  return withExamples(
    command,
    "halcyon key create 2 --permissions read,trade --label bot",
    "halcyon key create 2 --kind ed25519 --public-key bot.pem",
  );
}

export function keyCommand(): Command {
  const list = withCommonOptions(new Command("list"))
    .argument("<account>", "number of the account", wholeNumber)
    .description("list an account's keys, without secrets")
    .action(async (account: number, options: CommonOptions) => {
      const keys = await listAdmin<Key>(options, path`/accounts/${account}/keys`, "keys");
      const rows = keys.map((key) => [key.name, key.kind, key.permissions.join(","), key.label]);
      printResult(options, { keys }, table(["API KEY", "KIND", "PERMISSIONS", "LABEL"], rows));
    });
  const revoke = withCommonOptions(new Command("revoke"))
    .argument("<key>", "the API key")
    .description("revoke a key; open orders stay open")
    .action(async (name: string, options: CommonOptions) => {
      const revoked = await callAdmin<Key>(options, "DELETE", path`/keys/${name}`);
      printResult(options, revoked, `${name} no longer works`);
    });
  const command = new Command("key")
    .description("create, list and revoke API keys")
    .addCommand(keyCreate())
    .addCommand(withExamples(list, "halcyon key list 2"))
    .addCommand(
      withExamples(revoke, "halcyon key revoke vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utI"),
    );
  return withExamples(command, "halcyon key create 2", "halcyon key list 2");
}

type Transfer = { readonly id: number };
type TransferOptions = CommonOptions & {
  readonly reference?: string;
  readonly network?: string;
  readonly address?: string;
};

function transferCommand(name: "deposit" | "withdraw", description: string, done: string): Command {
  const command = withCommonOptions(new Command(name))
    .argument("<account>", "number of the account", wholeNumber)
    .argument("<asset>", "such as USDT")
    .argument("<amount>", "in whole units, such as 1000.50")
    .description(description)
    .option("--reference <text>", "the payment's own id: booked once, however often it is sent")
    .option("--network <name>", "over which network it came or goes")
    .option("--address <text>", "from or to which address")
    .action(async (account: number, asset: string, amount: string, options: TransferOptions) => {
      const { reference, network, address } = options;
      const route = name === "deposit" ? "/deposits" : "/withdrawals";
      const body = { account, asset, amount, reference, network, address };
      const transfer = await callAdmin<Transfer>(options, "POST", route, body);
      printResult(options, transfer, `${done} ${amount} ${asset}, transfer ${transfer.id}`);
    });
  return withExamples(command, `halcyon ${name} 2 USDT 1000.50 --reference payment-17`);
}

export function transferCommands(): Command[] {
  return [
    transferCommand("deposit", "book a deposit; the amount is available at once", "deposited"),
    transferCommand("withdraw", "book a withdrawal from what is available", "withdrew"),
  ];
}
