/**
 * The client's manual, put together from its tables of commands and flags.
 *
 * @module
 */

import type { CommandManual, ProgramManual } from "../cli/manual/manual.ts";
import { textCommands } from "../cli/manual/text_commands.ts";
import { DEFAULT_PORT } from "../protocol/address.ts";
import { VERSION } from "../cli/version.ts";
import { COMMAND_TEXTS } from "./command_manual.ts";
import type { Command } from "./command.ts";
import { COMMANDS, goesIn } from "./commands.ts";
import { COMMAND_FLAGS, PROGRAM_FLAGS } from "./flag_table.ts";

/** Where a command is given, on the command line and in the shell. */
const ONE_SHOT = { json: false, isShell: false };
const SHELL = { json: false, isShell: true };

const JOIN: CommandManual = {
  name: "join",
  forms: ["join <invitation> [command …] [flags]"],
  summary: "become a user by an invitation, and go on",
  details: [
    "The invitation is the line that whoever runs the index has sent you, or the name of a file " +
    "that holds it. It asks twice for a password of your own, and logs in.",
  ],
  flags: [],
  examples: [
    { line: "join invitation.txt", text: "become a user, then a shell" },
    { line: "join invitation.txt sch lab", text: "become a user, then one command" },
  ],
  values: "file",
  isFirst: true,
  isLeading: true,
};

const XIT: CommandManual = {
  name: "xit",
  forms: ["xit"],
  summary: "leave",
  ...COMMAND_TEXTS["xit"]!,
  flags: [],
  isForShell: true,
};

/** Everything there is to know of the client. */
export const CLIENT_MANUAL: ProgramManual = {
  name: "bittrickle-client",
  version: VERSION,
  summary: "Publishes, finds and downloads the files of a BitTrickle network",
  forms: [
    "[index] [flags]",
    "[index] <command> [flags]",
    "join <invitation> [command …] [flags]",
  ],
  details: [
    "Without a command it is a shell with the same commands.",
    `An index is host:port, a host (port ${DEFAULT_PORT}) or a port of this machine; a name of the ` +
    "configuration means what stands there, whatever host has that name. Without one it is the " +
    "default of the configuration. An index with several servers is all of them, with commas: " +
    "a.lan:5000,b.lan:5000.",
  ],
  address: { form: "[index]", example: "index.lan:5000", isOptional: true },
  flags: PROGRAM_FLAGS,
  commands: [...[...COMMANDS].map(manualOf), XIT, JOIN, ...textCommands("get")],
  examples: [
    { line: "index.lan:5000 --dir shared", text: "a shell that serves the files in shared" },
    { line: "index.lan:5000 get lab/ --user hans", text: "one command, and back" },
  ],
  sections: [
    {
      title: "Environment",
      rows: [
        ["BITTRICKLE_PASSWORD", "the password, which is never an argument"],
        ["BITTRICKLE_USER …", "what a flag sets, in capitals; a flag counts before it"],
        ["XDG_CONFIG_HOME", "where bittrickle/config.toml is kept"],
        ["XDG_STATE_HOME", "where bittrickle/known_servers and files.db are kept"],
      ],
    },
    {
      title: "Exit codes",
      rows: [
        ["0", "done"],
        ["1", "unexpected error; please report it"],
        ["2", "the command line, or a file it names, is wrong"],
        ["3", "no such file or publication"],
        ["4", "the network failed, or there was no answer"],
        ["5", "the login was refused"],
        ["6", "the content does not match its id"],
        ["7", "the local disk: the target exists, is full, or may not be written"],
        ["8", "refused, by the other side or because it would travel in clear"],
        ["9", "some of several things failed"],
        ["130", "interrupted"],
        ["141", "nobody reads the output any more"],
      ],
    },
  ],
};

/** What `help` lists in the shell: every command that goes there. */
export const SHELL_MANUAL: readonly CommandManual[] = CLIENT_MANUAL.commands.filter(({ name }) => {
  const command = COMMANDS.get(name);
  return command ? goesIn(command, SHELL) : name === "xit" || name === "help";
});

function manualOf([name, command]: readonly [string, Command]): CommandManual {
  const { summary, flags: names = [] } = command;
  const flags = COMMAND_FLAGS.filter((flag) => {
    return flag.only?.includes(name) && names.some((it) => it === flag.name);
  });
  return {
    name,
    forms: [formOf(name, command, flags.length > 0)],
    summary,
    details: [],
    examples: [],
    ...COMMAND_TEXTS[name],
    flags,
    isRepeated: command.most === undefined,
    isForShell: !goesIn(command, ONE_SHOT),
  };
}

function formOf(name: string, { argument, least = 1, most }: Command, hasFlags: boolean): string {
  const more = argument !== undefined && most === undefined ? " …" : "";
  const taken = argument === undefined ? "" : least === 0 ? ` [${argument}]` : ` <${argument}>`;
  return `${name}${taken}${more}${hasFlags ? " [flags]" : ""}`;
}
