/**
 * A command as a person wrote it, on the command line or in the shell: read once, so that nothing
 * after it can take a name for a flag.
 *
 * @module
 */

import { type ByteRange, parseByteRange } from "../protocol/byte_range.ts";
import { escapeText } from "../protocol/escape.ts";
import { literalOf } from "../protocol/glob.ts";
import { namesOfSwitches, namesWithValue } from "../cli/manual/manual.ts";
import { limitOf, type ListKey, listKeyOf } from "./list_order.ts";
import { type Parsed, parseFlags, usage } from "../cli/parse_flags.ts";
import { inOwnWords } from "./aliases.ts";
import { COMMAND_FLAGS, PROGRAM_FLAGS } from "./flag_table.ts";

/** Flags that belong to a command and not to the whole program. */
export interface CommandFlags {
  /** What to call what is fetched. */
  readonly as?: string;
  /** Whether a file that has the name is replaced. */
  readonly force: boolean;
  /** Whether what is fetched is published. */
  readonly share: boolean;
  /** Which part of a file. */
  readonly range?: ByteRange;
  /** Whether what is withdrawn is withdrawn from all devices of the user. */
  readonly everywhere?: true;
  /** Whether a list shows all that is known. */
  readonly long?: true;
  /** What of a folder is shared alone, and what is not: patterns as those of git. */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** Whether changes of shared folders are published, and whether the system is not asked for them. */
  readonly watch?: true;
  readonly poll?: true;
  /** How many items of a list are shown. */
  readonly limit?: number;
  /** What a list is sorted by. */
  readonly sort?: ListKey;
  /** The folder to save in. */
  readonly out?: string;
  /** What to search for, and get. */
  readonly match?: string;
  /** Whether what is fetched gets another name where something has its own. */
  readonly rename?: true;
  /** Whether what has the name of what is fetched is left alone. */
  readonly skip?: true;
  /** Whether nobody is to be asked. */
  readonly yes?: true;
  /** Whether it is only to be told what is newer. */
  readonly check?: true;
}

/** A command, what it works on, and its flags. */
export interface Invocation {
  readonly verb: string;
  /** Names and words to search for, none of them a flag, in Unicode normal form C. */
  readonly args: readonly string[];
  readonly flags: CommandFlags;
}

/** Commands whose arguments may be patterns. */
const TAKES_PATTERNS: ReadonlySet<string> = new Set(["get", "pub", "unp"]);

/**
 * The command in a line of the shell, see {@linkcode splitWords}; one that asks for `--help` is `help` of the command in it.
 *
 * @throws {BitTrickleError} `usage`
 */
export function parseInvocation(words: readonly string[]): Invocation {
  const names = [namesWithValue(COMMAND_FLAGS), namesOfSwitches(COMMAND_FLAGS)] as const;
  const flags = parseFlags(words, ...names, adviceOnProgramFlag);
  if ("asks" in flags) return { verb: "help", args: flags.arguments.slice(0, 1), flags: NO_FLAGS };
  const { args, ...rest } = invocationOf(flags.arguments, unescaped(flags))!;
  return { ...rest, args: TAKES_PATTERNS.has(rest.verb) ? args : args.map(literalOf) };
}

/**
 * The command that `words` spell, which belong to `flags`; `undefined` if there are none.
 *
 * @throws {BitTrickleError} `usage` for the flags of a command where there is none
 */
export function invocationOf(words: readonly string[], flags: Parsed): Invocation | undefined {
  const [verb, ...args] = inOwnWords(words);
  const given = commandFlags(flags);
  if (verb !== undefined) return { verb, args: args.map(nameOf), flags: given };
  // Whether everything that is fetched is to be published can be said of a whole shell.
  if (given.range) throw usage("--range belongs to a command: cat <file> --range");
  const surplus = given.as !== undefined ? "as" : given.force ? "force" : undefined;
  if (surplus) throw usage(`--${surplus} belongs to a command: get <file> --${surplus}`);
  const ofGet = (["out", "match", "rename", "skip", "yes"] as const).find((name) => given[name]);
  if (ofGet) throw usage(`--${ofGet} belongs to a command: get <file> --${ofGet}`);
  if (given.everywhere) throw usage("--everywhere belongs to a command: unp <file> --everywhere");
  const sharing = (["include", "exclude", "watch", "poll"] as const).find((name) => given[name]);
  if (sharing) throw usage(`--${sharing} belongs to a command: share --${sharing}`);
  if (given.check) throw usage("--check belongs to a command: upgrade --check");
  if (given.long) throw usage("--long belongs to a command: lap --long, lpf --long");
  if (given.limit) throw usage("--limit belongs to a command: sch <text> --limit 20");
  if (given.sort) throw usage("--sort belongs to a command: sch <text> --sort size");
}

/** What to do with a flag that a shell has from its beginning or not at all. */
function adviceOnProgramFlag(flag: string): string | undefined {
  if (!PROGRAM_FLAGS.some(({ name }) => name === flag)) return undefined;
  const [, direction] = /^limit-(.*)$/.exec(flag) ?? [];
  const instead = direction ? `; in the shell there is "limit ${direction} RATE"` : "";
  return `is for the whole client: give it where that is started${instead}`;
}

/** What a flag has is no pattern, or, as a search, one in spite of its quotes. */
function unescaped(flags: Parsed): Parsed {
  const texts = (flag: string) => flags.texts(flag).map(literalOf);
  return { ...flags, texts, text: (flag) => texts(flag).at(-1) };
}

const NO_FLAGS: CommandFlags = { force: false, share: false };

function commandFlags(flags: Parsed): CommandFlags {
  const as = flags.text("as");
  const [range, limit, sort] = [flags.text("range"), flags.text("limit"), flags.text("sort")];
  const [include, exclude] = [flags.texts("include"), flags.texts("exclude")];
  return {
    ...include.length > 0 ? { include } : {},
    ...exclude.length > 0 ? { exclude } : {},
    ...flags.has("watch") ? { watch: true } : {},
    ...flags.has("poll") ? { poll: true } : {},
    ...limit === undefined ? {} : { limit: limitOf(limit) },
    ...sort === undefined ? {} : { sort: listKeyOf(sort) },
    ...range === undefined ? {} : { range: rangeOf(range) },
    ...as === undefined ? {} : { as: nameOf(as) },
    ...textFlag("out", flags.text("out")),
    ...textFlag("match", flags.text("match")?.normalize("NFC")),
    ...flags.has("rename") ? { rename: true } : {},
    ...flags.has("skip") ? { skip: true } : {},
    ...flags.has("yes") ? { yes: true } : {},
    ...flags.has("check") ? { check: true } : {},
    force: flags.has("force"),
    share: flags.has("share"),
    ...flags.has("everywhere") ? { everywhere: true } : {},
    ...flags.has("long") ? { long: true } : {},
  };
}

function textFlag<K extends string>(name: K, text: string | undefined): { [P in K]?: string } {
  return (text === undefined ? {} : { [name]: text }) as { [P in K]?: string };
}

/** @throws {BitTrickleError} `usage` */
function rangeOf(text: string): ByteRange {
  const range = parseByteRange(text);
  if (range) return range;
  const how = "--range takes the first and last byte, counted from 0, as 0-499, 500- or =-500";
  throw usage(`${how}, not "${escapeText(text)}"`);
}

/** Published names are in normal form C, whatever a keyboard or another system's files send. */
function nameOf(text: string): string {
  return text.normalize("NFC");
}
