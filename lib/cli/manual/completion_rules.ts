/**
 * What a shell completes where, read from a manual; the scripts say the same in each shell's language.
 *
 * All scripts take the words before the cursor, leave out flags with their values and the address of
 * an index, and join the rest by spaces. That is the state, by which the rules are found.
 *
 * @module
 */

import {
  type CommandManual,
  type Flag,
  type ProgramManual,
  sayFlag,
  sharedFlags,
  TEXT_FLAGS,
  type Values,
} from "./manual.ts";

/** The state after an address, where nothing follows it yet. */
export const AFTER_ADDRESS = "@";

/** Words with what they mean, or names on the disk. */
export type Offer = readonly (readonly [word: string, text: string])[] | "file" | "folder" | "path";

/** What is offered in a state. */
export interface StateRule {
  readonly state: string;
  /** Whether also in every state that goes on from it. */
  readonly isRepeated: boolean;
  readonly offer: Offer;
}

/** What is offered after a flag, or of flags after a command. */
export interface NamedRule {
  readonly name: string;
  readonly offer: Offer;
}

/** All that a script holds. */
export interface CompletionRules {
  readonly program: string;
  /** Names of commands, which are no addresses. */
  readonly commands: readonly string[];
  /** Whether an address comes before most commands. */
  readonly hasAddress: boolean;
  /** Names of commands that may be followed by a word and another command. */
  readonly leading: readonly string[];
  readonly states: readonly StateRule[];
  /** For each command its flags. */
  readonly flags: readonly NamedRule[];
  /** The flags where no command is known. */
  readonly otherFlags: Offer;
  /** For each flag that has a value what is offered for it; no words if that is anything. */
  readonly values: readonly NamedRule[];
}

/** The rules for a program. */
export function completionRules(manual: ProgramManual): CompletionRules {
  const commands = manual.commands.filter(({ isForShell }) => !isForShell);
  const all = [...manual.flags, ...commands.flatMap(({ flags }) => flags)];
  const valued = new Map(all.filter(({ value }) => value).map((flag) => [flag.name, flag]));
  return {
    program: manual.name,
    commands: commands.map(({ name }) => name),
    hasAddress: manual.address !== undefined,
    leading: commands.filter(({ isLeading }) => isLeading).map(({ name }) => name),
    states: statesOf(commands, manual.address),
    flags: commands.map((command) => {
      const flags = [...command.flags, ...sharedFlags(manual, command), TEXT_FLAGS[0]!];
      return { name: command.name, offer: flagWords(flags) };
    }),
    otherFlags: flagWords([...manual.flags, ...TEXT_FLAGS]),
    values: [...valued].map(([name, { values = [] }]) => {
      return { name: `--${name}`, offer: offerOf(values) };
    }),
  };
}

function statesOf(
  commands: readonly CommandManual[],
  address: ProgramManual["address"],
): StateRule[] {
  const first = address?.isOptional ? commands : commands.filter(({ isFirst }) => isFirst);
  const others = commands.filter(({ isFirst }) => !isFirst);
  const beginnings = [{ state: "", isRepeated: false, offer: summaries(first) }];
  if (address) {
    beginnings.push({ state: AFTER_ADDRESS, isRepeated: false, offer: summaries(others) });
  }
  const helped = { state: "help", isRepeated: false, offer: summaries(commands) };
  return [...beginnings, helped, ...commands.flatMap(statesAfter)];
}

function statesAfter({ name, values, isRepeated = false, actions = [] }: CommandManual) {
  const rules: StateRule[] = [];
  if (values) rules.push({ state: name, isRepeated, offer: offerOf(values) });
  if (actions.length === 0) return rules;
  rules.push({ state: name, isRepeated: false, offer: summaries(actions) });
  for (const { name: action, values } of actions) {
    if (values) {
      rules.push({ state: `${name} ${action}`, isRepeated: false, offer: offerOf(values) });
    }
  }
  return rules;
}

function summaries(named: readonly { readonly name: string; readonly summary: string }[]) {
  return named.map(({ name, summary }): [string, string] => [name, summary]);
}

function flagWords(flags: readonly Flag[]): [string, string][] {
  return flags.map((flag) => [`--${flag.name}`, sayFlag(flag)]);
}

function offerOf(values: Values): Offer {
  return typeof values === "string" ? values : values.map((word) => [word, ""]);
}

/** `program` as the name of a function. */
export function functionName({ program }: CompletionRules): string {
  return program.replaceAll("-", "_");
}

/** `text` in single quotes, as the shells of POSIX take it: no character in it means anything. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
