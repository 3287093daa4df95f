/**
 * The server's command line: flags and arguments, checked.
 *
 * @module
 */

import { isIP } from "node:net";
import { namesOfSwitches, namesWithValue } from "../../cli/manual/manual.ts";
import { parsePortFlag } from "../../cli/parse_port.ts";
import { closestWord } from "../../cli/spelling.ts";
import { parseFlags, type TextRequest, usage } from "../../cli/parse_flags.ts";
import { type Address, DEFAULT_PORT, isLoopback } from "../../protocol/address.ts";
import { announcedName } from "../../protocol/announcement.ts";
import { escapeText } from "../../protocol/escape.ts";
import { DATA_FILE } from "./data_flags.ts";
import { type HttpFlags, parseHttpFlags } from "./http_flags.ts";
import { hasAction, notAnAction, SERVE_FLAGS, USER_ACTIONS, USER_FLAGS } from "./flag_table.ts";

/** What stands in the place of the port where a server does not serve. */
const COMMANDS = ["user", "invite", "admin", "data", "help", "completion", "man"];

const NO_PORT_FLAG = "is not a flag: the port stands alone, as in bittrickle-server 5000";

const UNREACHABLE =
  "--announce is of no use while only this machine can reach the server: add --host";

/** How the server writes its log. */
export type LogFormat = "text" | "json" | "off";

/** What the server's command line says. */
export interface ServeFlags {
  readonly address: Address;
  readonly credentials: string;
  /** The file that keeps the catalogue, or {@linkcode MEMORY}. */
  readonly data: string;
  readonly allowPlain: boolean;
  readonly log: LogFormat;
  /** How the status page is served, if it is. */
  readonly http?: HttpFlags;
  /** Where to tell the status, if the command line says so: see `statusSocketFor`. */
  readonly statusSocket: string | undefined;
  /** Where the log goes, if not to standard output. */
  readonly logFile: string | undefined;
  /** The name by which the server tells its network that it is there, if it does. */
  readonly announce: string | undefined;
  /** Where the audit trail goes, if there is to be one. */
  readonly audit: string | undefined;
  /** Whether only to look whether a server could start. */
  readonly isCheck: boolean;
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

/**
 * Reads the server's command line.
 *
 * @throws {BitTrickleError} `usage`
 */
export function parseServeFlags(args: readonly string[]): ServeFlags | TextRequest {
  const names = [namesWithValue(SERVE_FLAGS), namesOfSwitches(SERVE_FLAGS)] as const;
  const flags = parseFlags(args, ...names, (flag) => flag === "port" ? NO_PORT_FLAG : undefined);
  if ("asks" in flags) return flags;
  const [port, ...rest] = flags.arguments;
  if (port !== undefined) assertNoCommand(port);
  if (rest.length > 0) throw usage(`"${escapeText(rest[0]!)}" is one argument too many`);
  const http = parseHttpFlags(flags);
  const hostname = parseHost(flags.text("host") ?? "127.0.0.1");
  const announce = flags.text("announce");
  if (announce !== undefined && isLoopback(hostname)) throw usage(UNREACHABLE);
  return {
    address: {
      hostname,
      port: port === undefined ? DEFAULT_PORT : parsePortFlag(port, "an address goes to --host"),
    },
    announce: announce === undefined ? undefined : announcedName(announce),
    credentials: flags.text("credentials") ?? "credentials.txt",
    data: flags.text("data") ?? DATA_FILE,
    allowPlain: flags.has("allow-plain"),
    log: parseLogFormat(flags.text("log") ?? "text"),
    ...http === undefined ? {} : { http },
    statusSocket: flags.text("status-socket"),
    logFile: flags.text("log-file"),
    audit: flags.text("audit"),
    isCheck: flags.has("check"),
  };
}

/**
 * Reads the command line after `bittrickle-server user`.
 *
 * @throws {BitTrickleError} `usage`
 */
export function parseUserFlags(args: readonly string[]): UserFlags | TextRequest {
  const flags = parseFlags(args, namesWithValue(USER_FLAGS), namesOfSwitches(USER_FLAGS));
  if ("asks" in flags) return flags;
  const [action = "", user, ...rest] = flags.arguments;
  const isList = action === "list";
  if (!hasAction(USER_ACTIONS, action)) throw notAnAction("user", USER_ACTIONS, action);
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

/** @throws {BitTrickleError} `usage` for what is spelled like a command, in the place of the port */
function assertNoCommand(word: string): void {
  const meant = COMMANDS.find((it) => word.startsWith(it)) ?? closestWord(word, COMMANDS);
  if (meant) throw usage(`"${escapeText(word)}" is not a command; did you mean "${meant}"?`);
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
