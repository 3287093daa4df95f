/**
 * The server's command line: flags and arguments, checked, with a usage text for those who got them
 * wrong.
 *
 * @module
 */

import { isIP } from "node:net";
import { parsePortFlag } from "../cli/parse_port.ts";
import { parseFlags, type TextFlag, usage } from "../cli/parse_flags.ts";
import { type Address, DEFAULT_PORT } from "../protocol/address.ts";
import { escapeText } from "../protocol/escape.ts";
import { DATA_FILE } from "./data_flags.ts";

/** How the server writes its log. */
export type LogFormat = "text" | "json" | "off";

/** What the server's command line says. */
export interface ServerFlags {
  readonly address: Address;
  readonly credentials: string;
  /** The file that keeps the catalogue, or {@linkcode MEMORY}. */
  readonly data: string;
  readonly allowPlain: boolean;
  readonly log: LogFormat;
}

/** What to do with the credentials file. */
export type UserAction = "add" | "passwd" | "disable" | "enable" | "remove" | "import" | "list";

/** What the command line of `bittrickle-server user` says. */
export interface UserFlags {
  readonly action: UserAction;
  /** For `import` the file that names them; empty for `list`. */
  readonly user: string;
  readonly credentials: string;
  readonly passwordFile: string | undefined;
}

export const SERVER_USAGE = `\
Usage: bittrickle-server [port] [flags]
       bittrickle-server user add|passwd|disable|enable|remove <name> [--credentials FILE]
       bittrickle-server user import <file> [--credentials FILE]
       bittrickle-server user list [--credentials FILE]
       bittrickle-server invite <name> … --address HOST:PORT [--file NAMES] [--expires 7d] [--qr]
       bittrickle-server invite --list, or --revoke <name> …
       bittrickle-server data check|export|import [--data FILE]

The index of a BitTrickle network: knows who is active and who publishes what. Without a port it
listens on ${DEFAULT_PORT}, where clients look that are told no other.

  --host ADDRESS       listen on this address (default 127.0.0.1: this machine only)
  --credentials FILE   one "user password" a line (default credentials.txt)
  --data FILE          keep what is published in this file (default bittrickle.db; :memory:
                       keeps it until the server stops)
  --allow-plain        serve the plain protocol to other machines too, though passwords
                       travel in clear there
  --log text|json|off  how to log to standard output (default text)
  --help, --version`;

/**
 * Reads the server's command line.
 *
 * @throws {BitTrickleError} `usage`
 */
export function parseServerFlags(args: readonly string[]): ServerFlags | TextFlag {
  const flags = parseFlags(args, ["host", "credentials", "data", "log"], ["allow-plain"]);
  if (typeof flags === "string") return flags;
  const [port, ...rest] = flags.arguments;
  if (rest.length > 0) throw usage(`"${escapeText(rest[0]!)}" is one argument too many`);
  return {
    address: {
      hostname: parseHost(flags.text("host") ?? "127.0.0.1"),
      port: port === undefined ? DEFAULT_PORT : parsePortFlag(port),
    },
    credentials: flags.text("credentials") ?? "credentials.txt",
    data: flags.text("data") ?? DATA_FILE,
    allowPlain: flags.has("allow-plain"),
    log: parseLogFormat(flags.text("log") ?? "text"),
  };
}

/**
 * Reads the command line after `bittrickle-server user`.
 *
 * @throws {BitTrickleError} `usage`
 */
export function parseUserFlags(args: readonly string[]): UserFlags | TextFlag {
  const flags = parseFlags(args, ["credentials", "password-file"], []);
  if (typeof flags === "string") return flags;
  const [action = "", user, ...rest] = flags.arguments;
  const isList = action === "list";
  if (!isList && !["add", "passwd", "disable", "enable", "remove", "import"].includes(action)) {
    throw usage(`"user" is followed by add, passwd, disable, enable, remove, import or list`);
  }
  if (!isList && user === undefined) {
    throw usage(`user ${action} needs a ${action === "import" ? "file" : "name"}`);
  }
  if (rest.length > 0 || (isList && user !== undefined)) {
    throw usage(`"${escapeText(rest[0] ?? user!)}" is one argument too many`);
  }
  return {
    action: action as UserAction,
    user: user ?? "",
    credentials: flags.text("credentials") ?? "credentials.txt",
    passwordFile: flags.text("password-file"),
  };
}

function parseHost(text: string): string {
  if (text === "localhost") return "127.0.0.1";
  if (isIP(text)) return text;
  throw usage(`--host takes an IP address of this machine, not "${escapeText(text)}"`);
}

function parseLogFormat(text: string): LogFormat {
  if (text === "text" || text === "json" || text === "off") return text;
  throw usage(`--log takes text, json or off, not "${escapeText(text)}"`);
}
