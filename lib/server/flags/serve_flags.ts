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
import { canonicalIp, DEFAULT_PORT, isLoopback } from "../../protocol/address.ts";
import { announcedName } from "../../protocol/announcement.ts";
import { Networks } from "../../protocol/networks.ts";
import { escapeText } from "../../protocol/escape.ts";
import { DATA_FILE, MEMORY } from "./data_flags.ts";
import { type EtcdFlags, parseEtcdFlags } from "./etcd_flags.ts";
import { type HttpFlags, parseHttpFlags } from "./http_flags.ts";
import {
  DATA_ACTIONS,
  hasAction,
  notAnAction,
  SERVE_FLAGS,
  USER_ACTIONS,
  USER_FLAGS,
} from "./flag_table.ts";

/** What stands in the place of the port where a server does not serve. */
const COMMANDS = [
  "user",
  "invite",
  "admin",
  "data",
  "status",
  "fleet",
  "help",
  "completion",
  "man",
];

const NO_PORT_FLAG = "is not a flag: the port stands alone, as in bittrickle-server 5000";

const UNREACHABLE =
  "--announce is of no use while only this machine can reach the server: add --host";

const TWO_JOURNALS = "--data names a file, and --journal says that there is none: give one of them";

/** Actions of `user` that are followed by a file. */
const FILE_ACTIONS: readonly string[] = ["import", "export"];

/** How the server writes its log. */
export type LogFormat = "text" | "json" | "off";

/** What the server's command line says. */
export interface ServeFlags {
  /** Addresses of this machine to listen on, or `localhost` for both of loopback. */
  readonly hosts: readonly [string, ...string[]];
  readonly port: number;
  readonly credentials: string;
  /** The file that keeps the catalogue, or {@linkcode MEMORY}. */
  readonly data: string;
  /** Where the servers of a fleet keep what they share, if this is one of them. */
  readonly etcd?: EtcdFlags | undefined;
  readonly allowPlain: boolean;
  /** Where clients may say that they serve, besides where they are. */
  readonly advertisable: Networks;
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
export type UserAction =
  | "add"
  | "passwd"
  | "disable"
  | "enable"
  | "remove"
  | "import"
  | "export"
  | "list";

/** What the command line of `bittrickle-server user` says. */
export interface UserFlags {
  readonly action: UserAction;
  /** For `import` the file that names them, for `export` the one to be made; empty for `list`. */
  readonly user: string;
  readonly credentials: string;
  readonly etcd?: EtcdFlags | undefined;
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
  const [place, ...rest] = flags.arguments;
  if (place !== undefined) assertNoCommand(place);
  if (rest.length > 0) throw usage(`"${escapeText(rest[0]!)}" is one argument too many`);
  const http = parseHttpFlags(flags);
  const where = parsePlace(place, flags.texts("host"));
  const etcd = parseEtcdFlags(flags);
  if (etcd && flags.text("data") !== undefined) throw usage(TWO_JOURNALS);
  const announce = flags.text("announce");
  if (announce !== undefined && where.hosts.every(isLocal)) throw usage(UNREACHABLE);
  return {
    ...where,
    announce: announce === undefined ? undefined : announcedName(announce),
    credentials: flags.text("credentials") ?? "credentials.txt",
    data: etcd ? MEMORY : flags.text("data") ?? DATA_FILE,
    etcd,
    allowPlain: flags.has("allow-plain"),
    advertisable: parseNetworks(flags.texts("allow-advertise")),
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
    throw usage(`user ${action} needs a ${FILE_ACTIONS.includes(action) ? "file" : "name"}`);
  }
  if (rest.length > 0 || (isList && user !== undefined)) {
    throw usage(`"${escapeText(rest[0] ?? user!)}" is one argument too many`);
  }
  return {
    action: action as UserAction,
    user: user ?? "",
    credentials: flags.text("credentials") ?? "credentials.txt",
    etcd: parseEtcdFlags(flags),
    passwordFile: flags.text("password-file"),
  };
}

/** Where to listen: `place` is a port, or an address with one as `[::1]:5000`. */
function parsePlace(
  place: string | undefined,
  further: readonly string[],
): Pick<ServeFlags, "hosts" | "port"> {
  const [, bracketed, plain, digits] = /^(?:\[([^[\]]*)\]|([^:]+)):([^:]*)$/.exec(place ?? "") ??
    [];
  const host = bracketed ?? plain;
  const port = host === undefined ? place : digits;
  const all = [...host === undefined ? [] : [host], ...further].map(parseHost);
  const [first = "127.0.0.1", ...others] = new Set(all);
  return {
    hosts: [first, ...others],
    port: port === undefined
      ? DEFAULT_PORT
      : parsePortFlag(port, "an address goes to --host, and help lists the commands"),
  };
}

/** @throws {BitTrickleError} `usage` for what is spelled like a command, in the place of the port */
function assertNoCommand(word: string): void {
  const meant = actionCalled(word) ?? COMMANDS.find((it) => word.startsWith(it)) ??
    closestWord(word, COMMANDS);
  if (meant) throw usage(`"${escapeText(word)}" is not a command; did you mean "${meant}"?`);
}

function isLocal(host: string): boolean {
  return host === "localhost" || isLoopback(host);
}

/** The command whose action `word` is, written without it: `data backup` for `backup`. */
function actionCalled(word: string): string | undefined {
  if (hasAction(DATA_ACTIONS, word)) return `data ${word}`;
  return hasAction(USER_ACTIONS, word) ? `user ${word}` : undefined;
}

function parseHost(text: string): string {
  if (text === "localhost") return text;
  if (isIP(text)) return canonicalIp(text);
  throw usage(`--host takes an IP address of this machine, not "${escapeText(text)}"`);
}

function parseNetworks(texts: readonly string[]): Networks {
  const networks = new Networks();
  const fault = texts.find((text) => !networks.add(text));
  if (fault === undefined) return networks;
  const form = "--allow-advertise takes a network, as 192.0.2.0/24 or 2001:db8::/32";
  throw usage(`${form}, not "${escapeText(fault)}"`);
}

function parseLogFormat(text: string): LogFormat {
  if (text === "text" || text === "json" || text === "off") return text;
  throw usage(`--log takes text, json or off, not "${escapeText(text)}"`);
}
