/**
 * The commands of the shell, which are those of the command line: one table.
 *
 * @module
 */

import { BitTrickleError, type ErrorCode } from "../errors.ts";
import type { DownloadOptions } from "../peer/download.ts";
import type { List, Peer } from "../peer/peer.ts";
import { escapeText } from "../protocol/escape.ts";
import type { Reply } from "../protocol/messages.ts";
import { formatPlainReply } from "../protocol/plain_reply.ts";

/** What came of a command: the same for people and for programs. */
export interface Outcome {
  /** One or more lines, safe to show. */
  readonly text: string;
  /** The same as fields of a JSON object. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Set when the index answered that it could not be done. */
  readonly failure?: ErrorCode;
}

/** A command and what it takes. */
export interface Command {
  /** The name of its one argument, if it takes one. */
  readonly argument?: string;
  /** How many arguments it needs at least. @default {1} */
  readonly least?: number;
  /** How many it takes at most; several are joined by spaces. @default {1} */
  readonly most?: number;
  readonly summary: string;
  run(peer: Peer, argument: string, options: DownloadOptions): Promise<Outcome>;
}

/** Every command that the index has a part in. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["get", {
    argument: "file",
    summary: "download a file",
    run: async (peer, name, options) => {
      const file = await peer.get(name, options);
      if (!file) return { text: "File not found", fields: { name }, failure: "not_found" };
      const fields = { name, bytes: file.size, from: file.source };
      return { text: `${escapeText(name)} downloaded successfully`, fields };
    },
  }],
  ["lap", { summary: "list active peers", run: async (peer) => fromList(await peer.lap()) }],
  ["lpf", {
    argument: "user",
    least: 0,
    summary: "list your published files, or a user's",
    run: async (peer, user) => fromList(await peer.lpf(user === "" ? undefined : user)),
  }],
  ["pub", {
    argument: "file",
    summary: "publish a file",
    run: async (peer, name) => fromReply(await peer.pub(name), { name }),
  }],
  ["sch", {
    argument: "text",
    most: Infinity,
    summary: "search the names of files",
    run: async (peer, text) => fromList(await peer.sch(text)),
  }],
  ["unp", {
    argument: "file",
    summary: "unpublish a file",
    run: async (peer, name) => fromReply(await peer.unp(name), { name }),
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
  const { argument, least = 1, most = 1 } = command;
  if (!argument && args.length > 0) throw usage(`${name} takes nothing after it`);
  if (!argument) return command;
  const form = `${name} ${formOf(command)}`;
  if (args.length < least) throw usage(`${name} needs a ${argument}: ${form}`);
  if (args.length > most) throw usage(`${name} takes one ${argument}, without spaces: ${form}`);
  return command;
}

function formOf({ argument, least = 1 }: Command): string {
  if (!argument) return "";
  return least === 0 ? `[${argument}]` : `<${argument}>`;
}

function fromList(list: List): Outcome {
  const items = list.items.map(escapeText);
  const fields = { items: list.items, more: list.more };
  return { text: formatPlainReply({ ...list, items }), fields };
}

function fromReply(reply: Reply, fields: Record<string, unknown>): Outcome {
  const text = formatPlainReply(reply);
  return reply.kind === "not published" ? { text, fields, failure: "not_found" } : { text, fields };
}

function usage(reason: string): BitTrickleError {
  return new BitTrickleError("usage", reason);
}
