/**
 * Help as text, in the columns that every terminal has.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import { escapeText } from "../../protocol/escape.ts";
import {
  allFlags,
  type CommandManual,
  type Example,
  type Flag,
  formOfFlag,
  prefixOf,
  type ProgramManual,
  sayFlag,
  sayFlagOfAll,
  sharedFlags,
} from "./manual.ts";
import { paragraph, twoColumns } from "../wrap_text.ts";

/** The command of that name, if there is one. */
export function commandNamed(manual: ProgramManual, name: string): CommandManual | undefined {
  return manual.commands.find((command) => command.name === name);
}

/**
 * The help of the command `name`, or of the program.
 *
 * @throws {BitTrickleError} `usage` if that is no command
 */
export function helpOf(manual: ProgramManual, name?: string): string[] {
  if (name === undefined) return programHelp(manual);
  const command = commandNamed(manual, name);
  if (command) return commandHelp(manual, command);
  const names = manual.commands.map(({ name }) => name).join(", ");
  const reason = `There is no help for "${escapeText(name)}": the commands are ${names}`;
  throw new BitTrickleError("usage", reason);
}

/** How the program is called, with examples. */
export function usageOf({ name, forms, examples }: ProgramManual): string[] {
  const synopses = synopsis(forms.map((form) => `${name} ${form}`));
  return joinParts(synopses, exampleList(examples, `${name} `));
}

/** The lines of `--help`: what the program does, its commands and flags. */
export function programHelp(manual: ProgramManual): string[] {
  const { name, forms, summary, details, commands, examples, sections } = manual;
  const listed = (title: string, isListed: (command: CommandManual) => boolean | undefined) => {
    return listOf(title, commandRows(commands.filter(isListed)));
  };
  const hasPlaces = commands.some(({ isFirst }) => !isFirst);
  return joinParts(
    synopsis(forms.map((form) => `${name} ${form}`)),
    ...[`${summary}.`, ...details].map((text) => paragraph(text)),
    listed("Commands:", ({ isFirst, isForShell }) => !isFirst && !isForShell),
    listed("Commands of the shell alone:", ({ isForShell }) => isForShell),
    listed(
      hasPlaces ? "Commands that take no index:" : "Commands:",
      ({ isFirst }) => isFirst,
    ),
    listOf("Flags:", allFlags(manual).map((flag) => [formOfFlag(flag), sayFlagOfAll(flag)])),
    exampleList(examples, `${name} `),
    ...sections.map(({ title, rows }) => listOf(`${title}:`, rows)),
    paragraph(`"${name} help <command>" tells what a command does, and shows examples.`),
  );
}

/** The lines of a command's `--help`, as it is typed to the system's shell. */
export function commandHelp(manual: ProgramManual, command: CommandManual): string[] {
  const prefix = prefixOf(manual, command, "form");
  const shared = sharedFlags(manual, command);
  return joinParts(
    synopsis(command.forms.map((form) => prefix + form)),
    ...explanation(command),
    flagList("Flags:", command.flags),
    flagList(command.flags.length > 0 ? "Flags of other commands, too:" : "Flags:", shared),
    exampleList(command.examples, prefixOf(manual, command, "example")),
  );
}

/** The lines of a command's help in the program's own shell. */
export function shellCommandHelp(command: CommandManual): string[] {
  return joinParts(
    synopsis(command.forms),
    ...explanation(command),
    flagList("Flags:", command.flags),
    exampleList(command.examples, ""),
  );
}

/** A row for each command: how it is written, and what it does. */
export function commandRows(commands: readonly CommandManual[]): [form: string, text: string][] {
  return commands.map(({ name, forms, summary }) => {
    return [forms.length === 1 ? forms[0]!.replace(/ \[flags\]$/, "") : `${name} …`, summary];
  });
}

/** `text` as the beginning of a sentence. */
export function capitalized(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}`;
}

function explanation({ summary, details, actions = [] }: CommandManual): string[][] {
  const rows = actions.map(({ name, form, summary }): [string, string] => {
    return [form === undefined ? name : `${name} ${form}`, summary];
  });
  return [
    paragraph(`${capitalized(summary)}.`),
    twoColumns(rows),
    ...details.map((text) => paragraph(text)),
  ];
}

function synopsis(forms: readonly string[]): string[] {
  return forms.map((form, i) => `${i === 0 ? "Usage:" : "      "} ${form}`);
}

function flagList(title: string, flags: readonly Flag[]): string[] {
  return listOf(title, flags.map((flag) => [formOfFlag(flag), sayFlag(flag)]));
}

function listOf(title: string, rows: readonly (readonly [string, string])[]): string[] {
  return rows.length === 0 ? [] : [title, ...twoColumns(rows)];
}

function exampleList(examples: readonly Example[], prefix: string): string[] {
  const lines = examples.flatMap(({ line, text, tail = "" }) => {
    return [`  ${prefix}${line}${tail}`, ...paragraph(text, 6)];
  });
  return lines.length === 0 ? [] : ["Examples:", ...lines];
}

/** The parts that hold something, an empty line between them. */
function joinParts(...parts: readonly (readonly string[])[]): string[] {
  return parts.filter((part) => part.length > 0).flatMap((part, i) => i > 0 ? ["", ...part] : part);
}
