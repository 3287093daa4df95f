/**
 * The page of a program's commands and flags, from its manual.
 *
 * @module
 */

import { capitalized } from "../../../lib/cli/manual/help_text.ts";
import {
  type CommandManual,
  type Example,
  type Flag,
  formOfFlag,
  prefixOf,
  type ProgramManual,
  sayFlag,
  sharedFlags,
  TEXT_FLAGS,
} from "../../../lib/cli/manual/manual.ts";
import { code, listing, plain, table } from "./markdown_text.ts";

/** The lines of the page. */
export function programPage(manual: ProgramManual): string[] {
  const { name, summary, details, forms, flags, commands, examples, sections } = manual;
  return [
    `# ${name}`,
    "",
    `${plain(summary)}.`,
    "",
    ...listing("text", forms.map((form) => `${name} ${form}`)),
    ...paragraphs(details),
    ...listing("sh", examples.flatMap((example) => exampleLines(example, `${name} `))),
    "## Flags",
    "",
    "A command takes those of these that its own part names.",
    "",
    ...flagTable([...flags, ...TEXT_FLAGS]),
    ...sections.filter(({ title }) => title !== "Exit codes").flatMap(({ title, rows }) => [
      `## ${title}`,
      "",
      ...table(["name", "what it is"], rows.map(([name, text]) => [code(name), plain(text)])),
    ]),
    "## Commands",
    "",
    ...commands.flatMap((command) => commandPart(manual, command)),
  ];
}

function commandPart(manual: ProgramManual, command: CommandManual): string[] {
  const { name, forms, summary, details, actions = [], flags, examples } = command;
  const prefix = prefixOf(manual, command, "form");
  const example = prefixOf(manual, command, "example");
  const rows = actions.map(({ name, form = "", summary }) => {
    return [code(`${name} ${form}`.trim()), plain(summary)];
  });
  const language = command.isForShell ? "text" : "sh";
  return [
    `### ${name}`,
    "",
    `${plain(capitalized(summary))}.`,
    "",
    ...listing("text", forms.map((form) => prefix + form)),
    ...paragraphs(details),
    ...rows.length === 0 ? [] : table(["action", "what it does"], rows),
    ...flags.length === 0 ? [] : flagTable(flags),
    ...sharedList(sharedFlags(manual, command)),
    ...listing(language, examples.flatMap((it) => exampleLines(it, example))),
  ];
}

function sharedList(flags: readonly Flag[]): string[] {
  const names = flags.map(({ name }) => code(`--${name}`)).join(", ");
  return flags.length === 0 ? [] : [`Flags of the program that it takes: ${names}.`, ""];
}

function flagTable(flags: readonly Flag[]): string[] {
  return table(
    ["flag", "what it does"],
    flags.map((flag) => [code(formOfFlag(flag)), plain(capitalized(sayFlag(flag)))]),
  );
}

function exampleLines({ line, text, tail = "" }: Example, prefix: string): string[] {
  return [`# ${text}`, `${prefix}${line}${tail}`];
}

function paragraphs(texts: readonly string[]): string[] {
  return texts.flatMap((text) => [plain(text), ""]);
}
