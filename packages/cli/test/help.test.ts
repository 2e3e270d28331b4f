import assert from "node:assert/strict";
import test from "node:test";
import type { Command } from "commander";
import { createProgram } from "../src/index.ts";
import { halcyon } from "./fixtures/run.ts";

function allCommands(command: Command, path: readonly string[] = []): [string, Command][] {
  const own: [string, Command] = [[...path, command.name()].join(" "), command];
  return [own, ...command.commands.flatMap((one) => allCommands(one, [...path, command.name()]))];
}

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

/** These drive the core with a file: they have no data folder. */
const withoutVenue = ["halcyon replay", "halcyon oracle"];

for (const [name, command] of allCommands(createProgram("/nowhere"))) {
  test(`help of "${name}" says what it does and shows an example of it`, () => {
    const help = helpOf(command);
    assert.ok(command.description().length > 0);
    assert.match(help, new RegExp(`\\n {2}\\$ ${name}`));
    if (command.commands.length > 0) return;
    assert.match(help, /--json/);
    if (!withoutVenue.includes(name)) assert.match(help, /--data <folder>/);
  });
}

test("help and a wrong command end with their codes", async () => {
  const help = await halcyon("market", "--help");
  assert.equal(help.code, 0);
  assert.match(help.stdout, /cancel-only/);
  const wrong = await halcyon("stauts");
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /unknown command 'stauts'[\s\S]*Did you mean status/);
  const missing = await halcyon("drain");
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /missing required argument 'node'/);
});
