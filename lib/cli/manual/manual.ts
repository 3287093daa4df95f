/**
 * What there is to know of a program's commands and flags: the one source of its parser's names, its
 * help, its completion and its man page.
 *
 * @module
 */

/** What a shell completes in the place of a value: names on the disk, or one of these words. */
export type Values = "file" | "folder" | "path" | readonly string[];

/** A flag. */
export interface Flag {
  /** Without the dashes. */
  readonly name: string;
  /** What stands for its value. @default it has none */
  readonly value?: string;
  /** @default a shell completes nothing */
  readonly values?: Values;
  readonly text: string;
  /** What holds without it, if that is not plain. */
  readonly default?: string;
  /** The commands for which it means something. @default all but `except` */
  readonly only?: readonly string[];
  /** The commands for which it means nothing. @default none */
  readonly except?: readonly string[];
}

/** Commands that only print what is in the manual, see `text_commands.ts`. */
const TEXT_COMMANDS: readonly string[] = ["help", "completion", "man"];

/** Whether a command of every program is called `name`. */
export function isTextCommand(name: string): boolean {
  return TEXT_COMMANDS.includes(name);
}

/** A line that a person may type, after the program's name and where the index is. */
export interface Example {
  readonly line: string;
  readonly text: string;
  /** What a system's shell does with the output. */
  readonly tail?: string;
}

/** What may follow a command. */
export interface Action {
  readonly name: string;
  readonly form?: string;
  readonly summary: string;
  readonly values?: Values;
}

/** A command. */
export interface CommandManual {
  readonly name: string;
  /** What it takes, one a line of the synopsis. */
  readonly forms: readonly string[];
  /** A few words without a full stop. */
  readonly summary: string;
  /** Paragraphs. */
  readonly details: readonly string[];
  /** Its own flags. */
  readonly flags: readonly Flag[];
  readonly examples: readonly Example[];
  readonly actions?: readonly Action[];
  /** What a shell completes after it. */
  readonly values?: Values;
  /** Whether any number of values may follow. @default {false} */
  readonly isRepeated?: boolean;
  /** Whether it stands before, or in place of, the address of an index. @default {false} */
  readonly isFirst?: boolean;
  /** Whether another command may follow its argument. @default {false} */
  readonly isLeading?: boolean;
  /** Whether only the program's own shell has it. @default {false} */
  readonly isForShell?: boolean;
  /** Whether it takes no flags of the program. @default {false} */
  readonly hasOwnFlagsOnly?: boolean;
}

/** A list in a manual, such as that of exit codes. */
export interface Section {
  readonly title: string;
  readonly rows: readonly (readonly [name: string, text: string])[];
}

/** A program. */
export interface ProgramManual {
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly forms: readonly string[];
  readonly details: readonly string[];
  /** What stands between its name and a command, in synopses and in examples. */
  readonly address?: {
    readonly form: string;
    readonly example: string;
    /** Whether a command may stand in its place. @default {false} */
    readonly isOptional?: boolean;
  };
  /** The flags of all commands. */
  readonly flags: readonly Flag[];
  readonly commands: readonly CommandManual[];
  readonly examples: readonly Example[];
  readonly sections: readonly Section[];
}

/** The flags that every program has. */
export const TEXT_FLAGS: readonly Flag[] = [
  { name: "help", text: "show this, or the help of the command in the line" },
  { name: "version", text: "show the version" },
];

/** The names of those of `flags` that have a value. */
export function namesWithValue(flags: readonly Flag[]): string[] {
  return namesOf(flags.filter(({ value }) => value !== undefined));
}

/** The names of those of `flags` that have none. */
export function namesOfSwitches(flags: readonly Flag[]): string[] {
  return namesOf(flags.filter(({ value }) => value === undefined));
}

function namesOf(flags: readonly Flag[]): string[] {
  return [...new Set(flags.map(({ name }) => name))];
}

/** The program's flags that mean something to a command. */
export function sharedFlags({ flags }: ProgramManual, command: CommandManual): Flag[] {
  const { name, hasOwnFlagsOnly, isForShell } = command;
  if (hasOwnFlagsOnly || isForShell) return [];
  return flags.filter(({ only = [name], except = [] }) => {
    return only.includes(name) && !except.includes(name);
  });
}

/** What stands before the command where it is typed. */
export function prefixOf(
  { name, address }: ProgramManual,
  { isFirst, isForShell }: CommandManual,
  what: "form" | "example",
): string {
  if (isForShell) return "";
  return address && !isFirst ? `${name} ${address[what]} ` : `${name} `;
}

/** What is said of a flag in the help of a command. */
export function sayFlag({ text, default: usual }: Flag): string {
  return usual === undefined ? text : `${text} (default: ${usual})`;
}

/** What is said of a flag where all are listed. */
export function sayFlagOfAll(flag: Flag): string {
  return flag.only === undefined ? sayFlag(flag) : `${flag.only.join(", ")}: ${sayFlag(flag)}`;
}

/** All flags of a program, but those of commands that stand for themselves. */
export function allFlags({ flags, commands }: ProgramManual): Flag[] {
  const sharing = commands.filter(({ hasOwnFlagsOnly }) => !hasOwnFlagsOnly);
  return [...flags, ...new Set(sharing.flatMap((command) => command.flags)), ...TEXT_FLAGS];
}

/** How a flag is written. */
export function formOfFlag({ name, value }: Flag): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}
