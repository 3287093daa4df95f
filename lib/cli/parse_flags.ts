/**
 * Flags and arguments, checked strictly, on top of the standard parser.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { BitTrickleError } from "../errors.ts";
import { escapeText } from "../protocol/escape.ts";
import { closestWord } from "./spelling.ts";

const NO = "no-";

/** A request for a text instead of work. */
export interface TextRequest {
  readonly asks: "help" | "version";
  /** What else is in the line; the help that is asked for may be that of a command in it. */
  readonly arguments: readonly string[];
}

/** A command line that holds nothing unknown. */
export interface Parsed {
  readonly arguments: readonly string[];
  /** The value of a flag; the last one, if it was given several times. */
  text(flag: string): string | undefined;
  /** All of them. */
  texts(flag: string): readonly string[];
  has(flag: string): boolean;
  /** Whether `--flag` was given last, or `--no-flag`; `undefined` for neither. */
  switched(flag: string): boolean | undefined;
}

/**
 * Parses `args`. `texts` are flags with a value, `switches` flags without; those that begin with `no-`
 * turn off what is on, or what was turned on elsewhere. After `--` nothing is a flag.
 *
 * @param advise What to say of a flag that goes elsewhere
 * @throws {BitTrickleError} `usage`
 */
export function parseFlags(
  args: readonly string[],
  texts: readonly string[],
  switches: readonly string[],
  advise: (flag: string) => string | undefined = () => undefined,
): Parsed | TextRequest {
  const end = args.indexOf("--") < 0 ? args.length : args.indexOf("--");
  const marked = args.map((arg, i) => i < end ? markSwitch(arg, switches) : arg);
  const [negations, plain] = [
    switches.filter(isNegation),
    switches.filter((it) => !isNegation(it)),
  ];
  const negatable = negations.map(negatedBy);
  const parsed = parseArgs(marked, {
    string: ["_", ...texts],
    boolean: ["help", "version", ...plain, ...negatable],
    negatable,
    collect: [...texts],
    default: Object.fromEntries(negatable.map((flag) => [flag, null])),
    unknown: (arg, key) => {
      if (key !== undefined) throw notAFlag(arg, [...texts, ...switches], advise);
    },
  });
  const asks = parsed.help ? "help" : parsed.version ? "version" : undefined;
  if (asks) return { asks, arguments: parsed._.map(String) };
  const valuesOf = (flag: string) => texts.includes(flag) ? parsed[flag] as string[] ?? [] : [];
  const empty = texts.find((flag) => valuesOf(flag).includes(""));
  if (empty) {
    throw usage(`--${empty} needs a value; one that begins with - is written --${empty}=…`);
  }
  return {
    arguments: parsed._.map(String),
    text: (flag) => valuesOf(flag).at(-1),
    texts: valuesOf,
    has: (flag) => isNegation(flag) ? parsed[negatedBy(flag)] === false : parsed[flag] === true,
    switched: (flag) => negatable.includes(flag) ? parsed[flag] as boolean ?? undefined : undefined,
  };
}

/** Keeps a switch from taking the word after it for its value, as `--json true` would. */
function markSwitch(arg: string, switches: readonly string[]): string {
  const [name = "", value] = arg.replace(/^--/, "").split("=", 2);
  if (!arg.startsWith("--") || !switches.includes(name)) return arg;
  if (value !== undefined) throw usage(`--${name} takes no value`);
  return isNegation(name) ? arg : `${arg}=true`;
}

function isNegation(flag: string): boolean {
  return flag.startsWith(NO);
}

function negatedBy(flag: string): string {
  return flag.slice(NO.length);
}

function notAFlag(
  arg: string,
  flags: readonly string[],
  advise: (flag: string) => string | undefined,
): BitTrickleError {
  const elsewhere = advise(nameIn(arg) ?? "");
  if (elsewhere !== undefined) return usage(`"${escapeText(arg)}" ${elsewhere}`);
  const meant = flagMeantBy(arg, flags);
  const advice = meant === undefined
    ? "what begins with - is written after --, or as --flag=-value"
    : `did you mean "--${meant}"?`;
  return usage(`"${escapeText(arg)}" is not a flag; ${advice}`);
}

/** The name of the flag that `arg` may be. */
function nameIn(arg: string): string | undefined {
  return /^--(\w[^=]*)/.exec(arg)?.[1];
}

/** Fewest letters of a name that stand for all of it: fewer may be anything. */
const LEAST_LETTERS = 3;

/** The one of `flags` that begins with `arg`, or else the one that is spelled most like it. */
function flagMeantBy(arg: string, flags: readonly string[]): string | undefined {
  const name = nameIn(arg);
  if (name === undefined) return undefined;
  const isBegun = (flag: string) => name.length >= LEAST_LETTERS && flag.startsWith(name);
  return flags.find(isBegun) ?? closestWord(name, flags);
}

/** The error for a command line that cannot be read. */
export function usage(reason: string): BitTrickleError {
  return new BitTrickleError("usage", `Cannot read the command line: ${reason} (see --help)`);
}
