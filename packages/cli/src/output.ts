import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Colours on a terminal only, and never where NO_COLOR is set. */
export function paint(
  style: Style,
  text: string,
  stream: NodeJS.WriteStream = process.stdout,
): string {
  return styleText(style, text, { stream });
}

export function printLine(text = ""): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  printLine(JSON.stringify(value));
}

/** Prints `value` as JSON where it was asked for, else what people read. */
export function printResult(options: { readonly json?: boolean }, value: unknown, text: string) {
  if (options.json === true) printJson(value);
  else printLine(text);
}

/** Rows under a heading, as wide as their widest cell. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const lines = all.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join("  ")
      .trimEnd(),
  );
  return [paint("dim", lines[0]!), ...lines.slice(1)].join("\n");
}

const quietMs = 2_000;
const terminalEveryMs = 1_000;
const fileEveryMs = 10_000;

/** Runs `work`; once it takes longer than two seconds, says on standard error that it goes on. */
export async function withProgress<T>(
  label: string,
  work: (say: (what: string) => void) => Promise<T>,
): Promise<T> {
  const startedMs = Date.now();
  const terminal = process.stderr.isTTY === true;
  let what = label;
  const tell = () => {
    const seconds = Math.round((Date.now() - startedMs) / 1000);
    process.stderr.write(
      `${terminal ? "\r\x1b[2K" : ""}${what} (${seconds} s)${terminal ? "" : "\n"}`,
    );
  };
  let repeat: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    tell();
    repeat = setInterval(tell, terminal ? terminalEveryMs : fileEveryMs);
  }, quietMs);
  try {
    return await work((next) => {
      what = next;
    });
  } finally {
    clearTimeout(first);
    clearInterval(repeat);
    if (terminal && repeat !== undefined) process.stderr.write("\r\x1b[2K");
  }
}
