import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { commandHelp, programHelp } from "../../lib/cli/manual/help_text.ts";
import { parseFlags } from "../../lib/cli/parse_flags.ts";
import { checkCommand, COMMANDS, SHELL_WORDS } from "../../lib/client/commands.ts";
import { COMMAND_FLAGS, PROGRAM_FLAGS } from "../../lib/client/flag_table.ts";
import { parseClientFlags } from "../../lib/client/flags.ts";
import { oneShotHelp, shellHelp, shortUsage } from "../../lib/client/help.ts";
import { parseInvocation } from "../../lib/client/invocation.ts";
import { CLIENT_MANUAL, SHELL_MANUAL } from "../../lib/client/manual.ts";
import { SETTING_NAMES } from "../../lib/client/settings/settings.ts";
import { BitTrickleError } from "../../lib/errors.ts";
import { flagsOf } from "../support/surroundings.ts";

const PURE = { permissions: "none" } as const;
const COLUMNS = 80;

function assertFits(lines: readonly string[]): void {
  for (const line of lines) assert(line.length <= COLUMNS, `${line.length} columns: ${line}`);
}

Deno.test({ name: "every command has a page, with two examples", ...PURE }, () => {
  const names = CLIENT_MANUAL.commands.map(({ name }) => name);
  assertEquals(names, [...COMMANDS.keys(), "xit", "join", "help", "completion", "man"]);
  for (const { name, details, examples } of CLIENT_MANUAL.commands) {
    assert(examples.length >= (name === "xit" ? 1 : 2), `${name} has too few examples`);
    assert(details.length > 0 || name === "help", `${name} is not explained`);
  }
});

Deno.test({ name: "a page has the flags that its command takes", ...PURE }, () => {
  for (const { name, flags } of CLIENT_MANUAL.commands) {
    const taken = [...COMMANDS.get(name)?.flags ?? []].sort();
    assertEquals(flags.map((flag): string => flag.name).sort(), taken);
  }
});

Deno.test({ name: "every flag of a command is that of a command of the table", ...PURE }, () => {
  for (const { only = [] } of COMMAND_FLAGS) {
    assert(only.length > 0 && only.every((name) => COMMANDS.has(name)));
  }
});

for (const command of CLIENT_MANUAL.commands) {
  Deno.test({ name: `the help of ${command.name} fits on a terminal`, ...PURE }, () => {
    const lines = commandHelp(CLIENT_MANUAL, command);
    assertFits(lines);
    assertStringIncludes(lines[0]!, `${command.name}`);
    for (const { name, default: usual } of command.flags) {
      assertStringIncludes(lines.join("\n"), `--${name}`);
      assertStringIncludes(lines.join(" ").replace(/ +/g, " "), usual ?? "");
    }
    assertEquals(lines.filter((line) => line === "Examples:").length, 1);
  });
}

/** Words of an example as a shell of the system splits them; none holds quotes. */
function typed(line: string): string[] {
  return line.split(" ");
}

Deno.test({ name: "every example of a command can be run", ...PURE }, () => {
  for (const { name, examples } of CLIENT_MANUAL.commands) {
    if (!COMMANDS.has(name)) continue;
    const isForShell = !!CLIENT_MANUAL.commands.find((it) => it.name === name)?.isForShell;
    for (const { line } of examples) {
      const { command, json } = flagsOf(["5000", ...typed(line.replace(/ &$/, ""))]);
      // What runs in the background is another command than those that manage it.
      if (!line.endsWith(" &")) assertEquals(command?.verb, name);
      checkCommand(command!, { json, isShell: isForShell });
    }
  }
});

Deno.test({ name: "help in the shell lists what goes there, and nothing else", ...PURE }, () => {
  const { lines } = shellHelp();
  assertFits(lines);
  const rows = lines.filter((line) => !line.startsWith(" "));
  assertEquals(rows.map((row) => row.split(" ")[0]), [...SHELL_WORDS]);
  assert(!SHELL_WORDS.includes("passwd"));
});

Deno.test(
  { name: "help of a command in the shell is written as it is typed there", ...PURE },
  () => {
    for (const { name } of SHELL_MANUAL) {
      const { lines } = shellHelp(name);
      assertFits(lines);
      assert(lines[0]!.startsWith(`Usage: ${name}`), lines[0]);
    }
    assertStringIncludes(shellHelp("get").lines.join("\n"), "\n  get lab/ notes.txt\n");
    assertStringIncludes(shellHelp("passwd").lines[0]!, "bittrickle-client [index] passwd");
    assertEquals(parseInvocation(["get", "--help"]), parseInvocation(["help", "get"]));
  },
);

Deno.test({ name: "examples in the shell take no flag of the command line", ...PURE }, () => {
  for (const { name } of SHELL_MANUAL) {
    const lines = shellHelp(name).lines;
    const examples = lines.slice(lines.indexOf("Examples:") + 1).filter((it) => /^ {2}\S/.test(it));
    for (const example of examples) parseInvocation(typed(example.trim()));
  }
});

Deno.test({ name: "help of what is no command names those that are", ...PURE }, () => {
  for (const help of [shellHelp, oneShotHelp]) {
    const error = assertThrows(() => help("\x1b[2J"), BitTrickleError, 'help for "\\u{1b}[2J": ');
    assertEquals(error.code, "usage");
    assertStringIncludes(error.message, "get, jobs, lap, ");
  }
});

Deno.test({ name: "the help of the program has every command and flag", ...PURE }, () => {
  const lines = programHelp(CLIENT_MANUAL);
  assertFits(lines);
  const text = lines.join("\n");
  for (const { name } of CLIENT_MANUAL.commands) assertStringIncludes(text, `\n  ${name}`);
  for (const { name } of [...PROGRAM_FLAGS, ...COMMAND_FLAGS]) {
    assertStringIncludes(text, `\n  --${name}`);
  }
});

Deno.test({ name: "the short usage fits a corner of the screen", ...PURE }, () => {
  const lines = shortUsage();
  assertFits(lines);
  assert(lines.length <= 10);
  assertEquals(lines[0], "Usage: bittrickle-client [index] [flags]");
  assertStringIncludes(lines.join("\n"), "bittrickle-client index.lan:5000 get lab/");
});

Deno.test({ name: "what can be configured has a flag in the table", ...PURE }, () => {
  const names = [...PROGRAM_FLAGS, ...COMMAND_FLAGS].map(({ name }) => name.replace(/^no-/, ""));
  const settings = SETTING_NAMES.filter((name) => name !== "index");
  assertEquals(settings.filter((name) => !names.includes(name)), []);
});

Deno.test({ name: "a flag of the table is a flag of the parser", ...PURE }, () => {
  for (const { name, value } of [...PROGRAM_FLAGS, ...COMMAND_FLAGS]) {
    const args = [value === undefined ? `--${name}` : `--${name}=1`, "--help"];
    assert("asks" in parseClientFlags(args), name);
  }
  assert("asks" in parseFlags(["--version"], [], []));
});
