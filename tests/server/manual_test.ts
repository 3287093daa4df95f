import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { commandHelp, programHelp } from "../../lib/cli/manual/help_text.ts";
import { parseAdminFlags } from "../../lib/server/flags/admin_flags.ts";
import { parseDataFlags } from "../../lib/server/flags/data_flags.ts";
import { parseFleetFlags } from "../../lib/server/flags/fleet_flags.ts";
import { parseServeFlags, parseUserFlags } from "../../lib/server/flags/serve_flags.ts";
import { parseInviteFlags } from "../../lib/server/flags/invite_flags.ts";
import { parseStatusFlags } from "../../lib/server/flags/status_flags.ts";
import { SERVER_MANUAL } from "../../lib/server/manual.ts";

const PURE = { permissions: "none" } as const;
const COLUMNS = 80;

const PARSERS: Readonly<Record<string, (args: readonly string[]) => object>> = {
  user: parseUserFlags,
  invite: parseInviteFlags,
  admin: parseAdminFlags,
  data: parseDataFlags,
  fleet: parseFleetFlags,
  status: parseStatusFlags,
};

function assertFits(lines: readonly string[]): void {
  for (const line of lines) assert(line.length <= COLUMNS, `${line.length} columns: ${line}`);
}

Deno.test({ name: "every command has a page, with two examples", ...PURE }, () => {
  const names = SERVER_MANUAL.commands.map(({ name }) => name);
  assertEquals(names, [...Object.keys(PARSERS), "help", "completion", "man"]);
  for (const { name, examples } of SERVER_MANUAL.commands) {
    assert(examples.length >= 2, `${name} has too few examples`);
  }
});

for (const command of SERVER_MANUAL.commands) {
  Deno.test({ name: `the help of ${command.name} fits on a terminal`, ...PURE }, () => {
    const lines = commandHelp(SERVER_MANUAL, command);
    assertFits(lines);
    for (
      const { name } of [
        ...command.flags.map(({ name }) => ({ name: `--${name}` })),
        ...command.actions ?? [],
      ]
    ) {
      assertStringIncludes(lines.join("\n"), `\n  ${name}`);
    }
  });
}

Deno.test({ name: "every example can be run", ...PURE }, () => {
  for (const { line } of SERVER_MANUAL.examples) parseServeFlags(line.split(" "));
  for (const { name, examples } of SERVER_MANUAL.commands) {
    for (const { line } of examples) PARSERS[name]?.(line.split(" ").slice(1));
  }
});

Deno.test({ name: "a flag of the table is a flag of the parser", ...PURE }, () => {
  const tables = [
    ...SERVER_MANUAL.commands.map(({ name, flags }) => ({ parse: PARSERS[name], flags })),
    {
      parse: parseServeFlags,
      flags: SERVER_MANUAL.flags,
    },
  ];
  for (const { parse, flags } of tables) {
    for (const { name, value } of flags) {
      assert("asks" in parse!([value === undefined ? `--${name}` : `--${name}=1`, "--help"]), name);
    }
  }
});

Deno.test({ name: "the help of the program has every command and flag", ...PURE }, () => {
  const lines = programHelp(SERVER_MANUAL);
  assertFits(lines);
  for (const { name } of SERVER_MANUAL.commands) {
    assertStringIncludes(lines.join("\n"), `\n  ${name}`);
  }
  for (const { name } of SERVER_MANUAL.flags) {
    assertStringIncludes(lines.join("\n"), `\n  --${name}`);
  }
});
