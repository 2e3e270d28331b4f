import type { VenueConfig } from "@halcyon/fleet";
import { paint } from "../output.ts";
import { sampleOrder } from "./sample-order.ts";
import type { RunningVenue } from "./start-venue.ts";

/** One command that trades as pasted: any shell with curl and openssl. */
export function tradeCommand(
  config: VenueConfig,
  { url, credentials, runsDemo }: RunningVenue,
): string | null {
  // Without demo traders there may be nobody to trade with, and a limit order rests.
  const order = sampleOrder(config, runsDemo ? "MARKET" : "LIMIT");
  const trader = credentials.demoTrader;
  if (order === null || trader === undefined) return null;
  return [
    `q="${order}&timestamp=$(date +%s)000";`,
    `curl -sS -X POST "${url}/api/v3/order?$q&signature=$(printf %s "$q"`,
    `| openssl dgst -sha256 -hmac ${trader.secret} | sed 's/.* //')"`,
    `-H "X-MBX-APIKEY: ${trader.apiKey}"`,
  ].join(" ");
}

export function banner(config: VenueConfig, venue: RunningVenue): string {
  const { url, credentials, credentialsFile, runsDemo } = venue;
  const row = (name: string, value: string) => `  ${paint("dim", name.padEnd(14))} ${value}`;
  const regions = config.regions.map(({ name, nodes }) =>
    nodes === 1 ? name : `${name} x ${nodes}`,
  );
  const trader = credentials.demoTrader;
  const command = tradeCommand(config, venue);
  const lines = [
    `${paint("bold", "Halcyon")}, regions ${regions.join(", ")}`,
    "",
    row("URL", paint("bold", url)),
    row("data", config.data),
    ...(credentials.people ?? []).map(({ name, password }, i) =>
      row(i === 0 ? "sign in" : "", `${name.padEnd(7)} ${password}`),
    ),
    row("admin token", credentials.administrator.token),
    ...(trader === undefined
      ? []
      : [row("demo trader", `API key ${trader.apiKey}`), row("", `secret  ${trader.secret}`)]),
    row("kept in", `${credentialsFile} (mode 600)`),
  ];
  if (config.topology === "demo") {
    const hint = "not running; npm start -- --demo runs them";
    lines.push(row("demo traders", runsDemo ? "running" : hint));
  }
  if (command !== null) lines.push("", "A trade to paste:", "", `  ${command}`);
  return `${lines.join("\n")}\n`;
}
