/**
 * The commands of the shell, which are those of the command line: one table.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import type { List } from "../peer/index_session.ts";
import type { Peer, PeerGetOptions } from "../peer/peer.ts";
import { escapeText } from "../protocol/escape.ts";
import { formatPlainReply } from "../protocol/plain_reply.ts";
import { runGet } from "./get_command.ts";
import type { Outcome } from "./outcome.ts";
import { runPub, runUnp } from "./pub_command.ts";

/** A command and what it takes. */
export interface Command {
  /** The name of what it takes, if it takes anything. */
  readonly argument?: string;
  /** How many it needs at least. @default {1} */
  readonly least?: number;
  /** How many it takes at most. @default {Infinity} */
  readonly most?: number;
  readonly summary: string;
  run(peer: Peer, args: readonly string[], options: PeerGetOptions): Promise<Outcome>;
}

/** Files found that are shown, or a few more: nobody reads on, and a better search is quicker. */
const MOST_FOUND = 1_000;

/** Every command that the index has a part in. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["get", {
    argument: "file",
    summary: "download a file, by name or id, or all of a folder/",
    run: runGet,
  }],
  ["lap", { summary: "list active peers", run: async (peer) => fromList(await peer.lap()) }],
  ["lpf", {
    argument: "user",
    least: 0,
    most: 1,
    summary: "list your published files, or a user's",
    run: async (peer, [user]) => fromList(await peer.lpf(user)),
  }],
  ["pub", {
    argument: "file",
    summary: "publish a file, or all of a folder",
    run: runPub,
  }],
  ["sch", {
    argument: "text",
    summary: "search the names of files",
    run: async (peer, words) => fromList(await peer.sch(words.join(" "), MOST_FOUND)),
  }],
  ["unp", {
    argument: "file",
    summary: "unpublish a file, or all of a folder/",
    run: (peer, names) => runUnp(peer, names),
  }],
]);

const COMMAND_NAMES = [...COMMANDS.keys(), "xit"];

/** The line that a newcomer is shown. */
export const AVAILABLE = `Available commands are: ${COMMAND_NAMES.join(", ")}`;

/** Names that Tab offers and the shell knows. */
export const SHELL_WORDS: readonly string[] = [...COMMAND_NAMES, "help"];

/** What `help` says. */
export function helpOutcome(): Outcome {
  const rows = [...COMMANDS].map(([name, command]) => {
    return `${name} ${formOf(command)}`.padEnd(12) + command.summary;
  });
  const text = [...rows, "xit".padEnd(12) + "leave", "help".padEnd(12) + "show this"].join("\n");
  return { text, fields: { help: text } };
}

/**
 * The command that `words` spell, with as many arguments as it takes.
 *
 * @throws {BitTrickleError} `usage`
 */
export function checkCommand([name = "", ...args]: readonly string[]): Command {
  const command = COMMANDS.get(name);
  if (name === "xit") throw usage("xit takes nothing after it");
  if (!command) throw usage(`"${escapeText(name)}" is not a command. ${AVAILABLE}`);
  const { argument, least = 1, most = Infinity } = command;
  if (!argument && args.length > 0) throw usage(`${name} takes nothing after it`);
  if (!argument) return command;
  const form = `${name} ${formOf(command)}`;
  if (args.length < least) throw usage(`${name} needs a ${argument}: ${form}`);
  if (args.length > most) throw usage(`${name} takes one ${argument}: ${form}`);
  return command;
}

function formOf({ argument, least = 1 }: Command): string {
  if (!argument) return "";
  return least === 0 ? `[${argument}]` : `<${argument}>`;
}

function fromList(list: List): Outcome {
  const { details, more } = list;
  const items = list.items.map(escapeText);
  const fields = { items: list.items, ...details ? { details } : {}, more };
  return { text: formatPlainReply({ ...list, items }), fields };
}

function usage(reason: string): BitTrickleError {
  return new BitTrickleError("usage", reason);
}
