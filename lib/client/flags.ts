/**
 * The client's command line: flags and arguments, checked, with a usage text for those who got them
 * wrong.
 *
 * @module
 */

import { type Parsed, parseFlags, type TextFlag, usage } from "../cli/parse_flags.ts";
import { parsePortFlag } from "../cli/parse_port.ts";
import type { Protocol } from "../peer/session/open_session.ts";
import type { Address } from "../protocol/address.ts";
import { escapeText } from "../protocol/escape.ts";
import { credentialFault } from "../protocol/names.ts";
import { COMMAND_FLAGS, type Invocation, invocationOf } from "./invocation.ts";
import type { Invitation } from "../protocol/invitation.ts";
import { readInvitation } from "./invitation_argument.ts";
import { parseLimit } from "./limit_command.ts";

/** Flags of the whole program that have a value. */
const TEXTS = ["user", "password-file", "dir", "protocol", "patience", "limit-up", "limit-down"];

/** Longest patience, in seconds: 30 days. */
const MOST_PATIENCE_S = 2_592_000;

/** What the client's command line says. */
export interface ClientFlags {
  /** Where the index is; `hostname` may be a name. */
  readonly index: Address;
  /** A one-shot command; `undefined` for the shell. */
  readonly command: Invocation | undefined;
  readonly user: string | undefined;
  readonly passwordFile: string | undefined;
  readonly folder: string;
  readonly json: boolean;
  /** Whether nothing but results and errors is shown. */
  readonly quiet: boolean;
  readonly allowPlain: boolean;
  /** Whether others are served what downloads have so far. */
  readonly swarm: boolean;
  /** Whether what is fetched is published. */
  readonly share: boolean;
  /** How long a download goes on while nothing comes, in milliseconds, if it was said. */
  readonly patienceMs: number | undefined;
  /** Most bytes per second that all transfers send, if it was said; `Infinity` for no limit. */
  readonly limitUp: number | undefined;
  /** The same for what they receive. */
  readonly limitDown: number | undefined;
  /** The one protocol to speak; both where that is safe if there is none. */
  readonly protocol: Protocol | undefined;
  /** By which the user joins first. */
  readonly invitation: Invitation | undefined;
}

export const CLIENT_USAGE = `\
Usage: bittrickle-client [host:]<port> [command …] [flags]
       bittrickle-client join <invitation, or a file that holds it> [command …] [flags]

Without a command: a shell. Commands, there and here:

  lap             list active peers            sch <text>   search the names of files
  lpf [user]      list published files         get <file>   download a file, by name or id
  pub <file>      publish a file               xit          leave the shell
  unp <file>      unpublish a file             cat <file>   write a file to standard output
  limit           show or set limits           help         show the commands
  passwd          change your password (asks for the present one, too)

pub, unp and get take several files, and folders: pub lab, get lab/, unp lab/
get takes an id, its beginning, or <id>:<size in bytes> in place of a name
A name that begins with - comes after --: get -- -x.txt

  --user NAME           log in as this user
  --password-file FILE  read the password from a file (or set BITTRICKLE_PASSWORD)
  --dir FOLDER          share from and download to this folder (default: the current one)
  --as NAME             get: save under another name
  --force               get: replace a file that has the name; cat: write what is no text to a
                        terminal, too
  --range FROM-TO       cat: only these bytes, counted from 0, as 0-499, 500- or =-500 (the last)
  --share               publish what is fetched
  --no-swarm            do not pass on what is fetched while others fetch it, too
  --patience TIME       get: wait so long while nothing comes, as 90, 90s, 5m or 2h (default 5m,
                        and in the shell until you stop it)
  --limit-up RATE       send at most so many bytes per second in all, as 500k or 5M
  --limit-down RATE     the same for what is received; in the shell: limit up 5M, limit down off
  --json                print one JSON object a line
  --quiet               show nothing but results and errors
  --protocol 1|2        speak the plain protocol, or the sealed one (default: the sealed one,
                        and the plain one to an index of this machine that knows no other)
  --allow-plain         exchange files with other machines, though they travel in clear
  --help, --version

Exit codes: 0 ok, 1 unexpected, 2 usage, 3 not found, 4 network or time-out, 5 login refused,
6 content that is not what it should be, 7 local disk, 8 refused, 9 some of several failed,
130 interrupted, 141 nobody reads the output any more.`;

/**
 * Reads the client's command line.
 *
 * @param read Reads a file that holds an invitation
 * @throws {BitTrickleError} `usage`
 */
export function parseClientFlags(
  args: readonly string[],
  read: (path: string) => string = Deno.readTextFileSync,
): ClientFlags | TextFlag {
  const texts = [...TEXTS, ...COMMAND_FLAGS.texts];
  const switches = ["json", "quiet", "allow-plain", "no-swarm", ...COMMAND_FLAGS.switches];
  const flags = parseFlags(args, texts, switches);
  if (typeof flags === "string") return flags;
  const [index, ...rest] = flags.arguments;
  if (index === undefined) throw usage("the port of the index is missing");
  const isJoin = index === "join";
  const [argument, ...words] = isJoin ? rest : ["", ...rest];
  if (isJoin) checkJoin(flags);
  const invitation = isJoin ? readInvitation(argument, read) : undefined;
  return {
    index: invitation?.index ?? parseIndexAddress(index),
    command: invocationOf(words, flags),
    user: invitation?.user ?? parseUser(flags.text("user")),
    invitation,
    passwordFile: flags.text("password-file"),
    folder: flags.text("dir") ?? ".",
    json: flags.has("json"),
    quiet: flags.has("quiet"),
    allowPlain: flags.has("allow-plain"),
    swarm: !flags.has("no-swarm"),
    share: flags.has("share"),
    patienceMs: parsePatience(flags.text("patience")),
    limitUp: parseLimitFlag(flags.text("limit-up")),
    limitDown: parseLimitFlag(flags.text("limit-down")),
    protocol: parseProtocol(flags.text("protocol")),
  };
}

/** Whether a command line asks for JSON, even one that cannot be read. */
export function wantsJson(args: readonly string[]): boolean {
  return hasSwitch(args, "json");
}

/** Whether the switch `name` is set in a command line, even in one that cannot be read. */
export function hasSwitch(args: readonly string[], name: string): boolean {
  const end = args.indexOf("--");
  const flags = end < 0 ? args : args.slice(0, end);
  return flags.some((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
}

function checkJoin(flags: Parsed): void {
  if (flags.text("user") !== undefined) throw usage("an invitation says who joins: no --user");
  if (flags.text("protocol") !== "1") return;
  throw usage("an invitation needs the sealed protocol: no --protocol 1");
}

function parseIndexAddress(text: string): Address {
  const [, bracketed, host, port] = /^(?:\[([^\]]*)\]:|([^:]*):)?([^:]*)$/.exec(text) ?? [];
  if (port === undefined) throw usage(`"${escapeText(text)}" is not [host:]port`);
  const number = parsePortFlag(port);
  if (number === 0) throw usage("port 0 cannot be talked to");
  const hostname = bracketed ?? host ?? "127.0.0.1";
  if (hostname === "") throw usage(`"${escapeText(text)}" has no host before the colon`);
  return { hostname, port: number };
}

function parseUser(text: string | undefined): string | undefined {
  const fault = text === undefined ? undefined : credentialFault(text);
  if (fault) throw usage(`--user "${escapeText(text!)}": ${fault}`);
  return text;
}

function parsePatience(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, digits, unit = "s"] = /^([0-9]{1,7})([smh])?$/.exec(text) ?? [];
  const seconds = Number(digits) * { s: 1, m: 60, h: 3_600 }[unit as "s" | "m" | "h"];
  if (seconds <= MOST_PATIENCE_S) return seconds * 1_000;
  const how = "--patience takes a time up to 30 days, as 90, 90s, 5m or 2h";
  throw usage(`${how}, not "${escapeText(text)}"`);
}

function parseLimitFlag(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseLimit(text);
}

function parseProtocol(text: string | undefined): Protocol | undefined {
  if (text === undefined) return undefined;
  if (text === "1" || text === "2") return text === "1" ? 1 : 2;
  throw usage(`--protocol takes 1 or 2, not "${escapeText(text)}"`);
}
