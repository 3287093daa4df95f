/**
 * The commands of the shell, which are those of the command line: one table.
 *
 * @module
 */

import { unlessAborted } from "../async/until_aborted.ts";
import { BitTrickleError } from "../errors.ts";
import type { Purpose } from "../peer/peer_options.ts";
import { escapeText } from "../protocol/escape.ts";
import { commandMeantBy } from "./aliases.ts";
import type { Command, CommandPlace } from "./command.ts";
import { type CommandOptions, NO_JOBS } from "./command_options.ts";
import type { CommandFlags, Invocation } from "./invocation.ts";

/** Whoever finds an open shell must not change the password of its user. */
const NO_SHELL =
  "passwd asks for the present password, and so is a command of its own: leave the " +
  "shell, and run `bittrickle-client <index> passwd`";

/** What is common to commands that need no index, and have no place in a shell. */
function withoutIndex(line: string): Pick<Command, "isOriginal" | "fault" | "run"> {
  const [verb] = line.split(" ");
  const advice = `leave the shell, and run \`bittrickle-client ${line}\``;
  const reason = `${verb} is a command of its own: ${advice}`;
  return {
    isOriginal: false,
    fault: ({ isShell }) => isShell ? reason : undefined,
    run: () => Promise.reject(usage(reason)),
  };
}

/** What the index answers, unless the user stops waiting for it. */
async function answered<T>(answer: Promise<T>, { signal }: CommandOptions): Promise<T> {
  return signal ? await unlessAborted(answer, signal) : await answer;
}

function onlyInShell(reason: string): (place: CommandPlace) => string | undefined {
  return ({ isShell }) => isShell ? undefined : reason;
}

/** A shell serves what it publishes as well. */
const NO_SHARE = "share is a command of its own: in the shell, use pub";

// Loaded by the command that needs it: whoever runs another one does not wait for it.
const loadJobs = () => import("./job_commands.ts");
const loadLists = () => import("./list_commands.ts");
const loadPub = () => import("./pub_command.ts");

/** Every command that the index has a part in. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["cancel", {
    argument: "number",
    most: 1,
    summary: "cancel a job",
    isOriginal: false,
    fault: onlyInShell(NO_JOBS),
    run: async (_, args, options) => (await loadJobs()).runCancel(args, options),
  }],
  ["cat", {
    argument: "file",
    most: 1,
    flags: ["force", "range"],
    summary: "write a file, or --range FROM-TO of it, to standard output",
    isOriginal: false,
    fault: ({ json }) => json ? "cat writes a file as it is, and no JSON: use get" : undefined,
    ownsOutput: true,
    run: async (...given) => (await import("./cat_command.ts")).runCat(...given),
  }],
  ["config", {
    argument: "show|path",
    most: 1,
    summary: "show what is configured and where, or where the file is",
    ...withoutIndex("config show"),
  }],
  ["discover", {
    summary: "list the indexes that announce themselves on this network",
    ...withoutIndex("discover"),
  }],
  ["get", {
    argument: "file",
    flags: ["as", "force", "match", "out", "rename", "share", "skip", "yes"],
    mayBeJob: true,
    summary: "download a file, by name or id, or all of a folder/ or pattern",
    purpose: "change",
    adviceAfter: async (peer, outcome, { share }) => {
      return share ? await (await loadPub()).adviceOnServing(peer, outcome) : undefined;
    },
    run: async (...given) => (await import("./get_command.ts")).runGet(...given),
  }],
  ["jobs", {
    summary: "list what runs in the background: get <file> &, or Ctrl-Z",
    isOriginal: false,
    fault: onlyInShell(NO_JOBS),
    run: async (_, args, options) => (await loadJobs()).runJobs(args, options),
  }],
  ["lap", {
    flags: ["limit", "long"],
    summary: "list active peers, with --long their sessions",
    run: async (peer, _, options) => {
      return await answered((await loadLists()).runLap(peer, options), options);
    },
  }],
  ["limit", {
    argument: "up|down RATE",
    least: 0,
    most: 2,
    summary: "show or set the limits of bandwidth",
    isOriginal: false,
    fault: onlyInShell("limit is for the shell; a command has --limit-up, --limit-down"),
    run: async (peer, args) => (await import("./limit_command.ts")).runLimit(peer, args),
  }],
  ["lpf", {
    argument: "user",
    least: 0,
    most: 1,
    flags: ["limit", "long", "sort"],
    summary: "list your published files, or a user's, with --long from where",
    run: async (peer, [user], options) => {
      return await answered((await loadLists()).runLpf(peer, user, options), options);
    },
  }],
  ["passwd", {
    summary: "change your password",
    isOriginal: false,
    fault: ({ isShell }) => isShell ? NO_SHELL : undefined,
    run: () => Promise.reject(usage(NO_SHELL)),
  }],
  ["pub", {
    argument: "file",
    flags: ["include", "exclude"],
    summary: "publish a file, or all of a folder",
    purpose: "change",
    mayBeJob: true,
    adviceAfter: async (peer, outcome) => (await loadPub()).adviceOnServing(peer, outcome),
    run: async (...given) => (await loadPub()).runPub(...given),
  }],
  ["sch", {
    argument: "text",
    flags: ["limit", "long", "sort"],
    summary: "search the names of files",
    run: async (peer, words, options) => {
      return await answered((await loadLists()).runSch(peer, words, options), options);
    },
  }],
  ["share", {
    argument: "folder",
    least: 0,
    flags: ["watch", "poll", "include", "exclude"],
    summary: "publish folders and stay, with --watch also what changes in them",
    purpose: "serve",
    isOriginal: false,
    fault: ({ isShell }) => isShell ? NO_SHARE : undefined,
    run: async (...given) => (await import("./share_command.ts")).runShare(...given),
  }],
  ["unp", {
    argument: "file",
    flags: ["everywhere"],
    summary: "unpublish a file, or all of a folder/, --everywhere from all your devices",
    purpose: "change",
    mayBeJob: true,
    run: async (...given) => (await import("./unp_command.ts")).runUnp(...given),
  }],
  ["upgrade", {
    flags: ["check"],
    summary: "with --check, tell whether there is a newer release",
    ...withoutIndex("upgrade --check"),
  }],
  ["wait", {
    argument: "number",
    least: 0,
    most: 1,
    summary: "wait for a job, or for all",
    isOriginal: false,
    fault: onlyInShell(NO_JOBS),
    run: async (_, args, options) => (await loadJobs()).runWait(args, options),
  }],
]);

const ORIGINALS = [...COMMANDS].filter(([, { isOriginal = true }]) => isOriginal).map(nameOf);

/** The original's line, with which a shell begins. */
export const AVAILABLE = `Available commands are: ${[...ORIGINALS, "xit"].join(", ")}`;

/** Names of all commands. */
export const VERBS: readonly string[] = [...COMMANDS.keys(), "xit", "help"];

/** Commands that take no index, and so go only where a command line begins. */
const LEADING: readonly string[] = ["join", "completion", "man"];

/** Names of the commands that go in the shell. */
export const SHELL_WORDS: readonly string[] = [
  ...[...COMMANDS].filter(([, it]) => goesIn(it, { json: false, isShell: true })).map(nameOf),
  "xit",
  "help",
];

/** Of the others some are left out, so that it is one row: these go with jobs, or follow. */
const NAMED_ELSEWHERE = [...ORIGINALS, "xit", "cancel", "wait", "help"];
const OTHERS = SHELL_WORDS.filter((name) => !NAMED_ELSEWHERE.includes(name));

/** The lines that a person at a shell is shown: the original's, and what else there is. */
export const BANNER: readonly string[] = [
  AVAILABLE,
  `More: ${OTHERS.join(", ")}. Type help for what they do, help get for all about get.`,
];

/** Whether `command` may be given in a place. */
export function goesIn(command: Command, place: CommandPlace): boolean {
  return command.fault?.(place) === undefined;
}

/**
 * The command of `invocation`, with as many arguments as it takes, and no flag that it does not.
 *
 * @throws {BitTrickleError} `usage`
 */
export function checkCommand({ verb, args, flags }: Invocation, place?: CommandPlace): Command {
  const command = COMMANDS.get(verb);
  if (verb === "xit") throw usage("xit takes nothing after it");
  if (!command) throw notACommand(verb);
  if (flags.match === undefined || args.length > 0) checkCount(verb, command, args.length);
  checkFlags(verb, command, flags);
  const fault = place && command.fault?.(place);
  if (fault) throw usage(fault);
  return command;
}

function notACommand(verb: string): BitTrickleError {
  if (LEADING.includes(verb)) {
    return usage(`${verb} comes first, without an index: bittrickle-client ${verb} …`);
  }
  const meant = commandMeantBy(verb, VERBS);
  const hint = meant === undefined ? `. ${AVAILABLE}` : `; did you mean "${meant}"?`;
  return usage(`"${escapeText(verb)}" is not a command${hint}`);
}

/** What a client is for that runs only `invocation`. */
export function purposeOf({ verb }: Invocation): Purpose {
  return COMMANDS.get(verb)?.purpose ?? "ask";
}

function checkCount(verb: string, command: Command, count: number): void {
  const { argument, least = 1, most = Infinity } = command;
  if (!argument && count > 0) throw usage(`${verb} takes nothing after it`);
  if (!argument) return;
  const form = `${verb} ${formOf(command)}`;
  const noun = argument.includes("|") ? "word" : argument;
  if (count < least) throw usage(`${verb} needs a ${noun}: ${form}`);
  if (count <= most) return;
  const quotes = noun === "file" ? "; a name with spaces is put in quotes" : "";
  const all = most === 1 ? `one ${noun}` : `${most} ${noun}s at most`;
  throw usage(`${verb} takes ${all}: ${form}${quotes}`);
}

function checkFlags(verb: string, { flags: taken = [] }: Command, given: CommandFlags): void {
  const names = (Object.keys(given) as (keyof CommandFlags)[]).filter((name) => given[name]);
  const surplus = names.find((name) => !taken.includes(name));
  if (!surplus) return;
  throw usage(`${verb} takes no --${surplus}; a name that begins with - is written after --`);
}

function formOf({ argument, least = 1 }: Command): string {
  if (!argument) return "";
  return least === 0 ? `[${argument}]` : `<${argument}>`;
}

function nameOf([name]: readonly [string, Command]): string {
  return name;
}

function usage(reason: string): BitTrickleError {
  return new BitTrickleError("usage", reason);
}
