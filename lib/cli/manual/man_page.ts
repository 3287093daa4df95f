/**
 * A program's manual page, in the language of `man`.
 *
 * @module
 */

import { capitalized } from "./help_text.ts";
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
} from "./manual.ts";

/** The lines of the page. */
export function manPage(manual: ProgramManual): string[] {
  const { name, version, summary, forms, details, commands, examples, sections } = manual;
  const what = `${summary[0]!.toLowerCase()}${summary.slice(1)}`;
  return [
    `.TH ${roff(name.toUpperCase())} 1 "" "BitTrickle ${roff(version)}" "BitTrickle"`,
    ".SH NAME",
    `${roff(name)} \\- ${roff(what)}`,
    ".SH SYNOPSIS",
    ...synopsis(forms.map((form) => `${name} ${form}`)),
    ".SH DESCRIPTION",
    ...details.flatMap(paragraph),
    ".SH COMMANDS",
    ...commands.flatMap((command) => commandPart(manual, command)),
    ".SH FLAGS",
    ...allFlags(manual).flatMap((flag) => tagged(formOfFlag(flag), sayFlagOfAll(flag))),
    ".SH EXAMPLES",
    ...examples.flatMap((example) => exampleOf(example, `${name} `)),
    ...sections.flatMap(({ title, rows }) => [
      `.SH ${title.toUpperCase()}`,
      ...rows.flatMap(([name, text]) => tagged(name, text)),
    ]),
  ];
}

function commandPart(manual: ProgramManual, command: CommandManual): string[] {
  const { name, forms, summary, details, actions = [], flags, examples } = command;
  const prefix = prefixOf(manual, command, "example");
  return [
    `.SS ${roff(name)}`,
    ...synopsis(forms),
    ...[`${capitalized(summary)}.`, ...details].flatMap(paragraph),
    ...actions.flatMap(({ name, form, summary }) => {
      return tagged(form === undefined ? name : `${name} ${form}`, summary);
    }),
    ...flags.flatMap((flag: Flag) => tagged(formOfFlag(flag), sayFlag(flag))),
    ...examples.flatMap((example) => exampleOf(example, prefix)),
  ];
}

function synopsis(forms: readonly string[]): string[] {
  return [".PP", ...forms.flatMap((form, i) => [...i > 0 ? [".br"] : [], `.B ${roff(form)}`])];
}

function paragraph(text: string): string[] {
  return [".PP", roff(text)];
}

function tagged(tag: string, text: string): string[] {
  return [".TP", `.B ${roff(tag)}`, roff(text)];
}

function exampleOf({ line, text, tail = "" }: Example, prefix: string): string[] {
  return tagged(`${prefix}${line}${tail}`, capitalized(text));
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\e",
  "-": "\\-",
  '"': "\\(dq",
  "'": "\\(aq",
  "^": "\\(ha",
  "~": "\\(ti",
  "`": "\\(ga",
  "…": "\\&...",
};

/** `text` so that nothing in it is a command, and that what is copied from the page can be typed. */
function roff(text: string): string {
  return text.replace(/[\\"'^~`…-]/g, (character) => ESCAPES[character]!).replace(/^\./, "\\&.");
}
