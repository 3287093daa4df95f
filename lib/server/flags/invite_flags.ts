/**
 * The command line after `bittrickle-server invite`.
 *
 * @module
 */

import { parseFlags, type TextRequest, usage } from "../../cli/parse_flags.ts";
import { namesOfSwitches, namesWithValue } from "../../cli/manual/manual.ts";
import type { Addresses } from "../../protocol/address.ts";
import { escapeText } from "../../protocol/escape.ts";
import { type EtcdFlags, parseEtcdFlags } from "./etcd_flags.ts";
import { INVITE_FLAGS } from "./flag_table.ts";
import { parseInviteAddresses } from "./invite_address.ts";

/** Whom to invite, and how. */
export interface NewInvitations {
  readonly task: "invite";
  readonly names: readonly string[];
  /** A file of further names. */
  readonly file: string | undefined;
  /** Where clients find the servers of the index. */
  readonly address: Addresses;
  /** How long the invitations are good for, in seconds. */
  readonly seconds: number;
  /** Whether to write a page to be printed. */
  readonly isPage: boolean;
}

/** What the command line says. */
export type InviteFlags =
  & { readonly credentials: string; readonly etcd?: EtcdFlags | undefined }
  & (NewInvitations | { readonly task: "list" } | {
    readonly task: "revoke";
    readonly names: readonly string[];
  });

const UNITS: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };
const DEFAULT_TIME = "7d";
/** What is said of new invitations only. */
const OF_NEW = ["file", "address", "expires", "qr"];
/** Longest life of an invitation, in seconds: a year. */
const MOST_SECONDS = 31_536_000;

/**
 * Reads the command line after `bittrickle-server invite`.
 *
 * @throws {BitTrickleError} `usage`
 */
export function parseInviteFlags(args: readonly string[]): InviteFlags | TextRequest {
  const flags = parseFlags(args, namesWithValue(INVITE_FLAGS), namesOfSwitches(INVITE_FLAGS));
  if ("asks" in flags) return flags;
  const names = flags.arguments;
  const credentials = flags.text("credentials") ?? "credentials.txt";
  const etcd = parseEtcdFlags(flags);
  const file = flags.text("file");
  const isTold = OF_NEW.find((flag) => flags.text(flag) || flags.has(flag));
  if (flags.has("list") || flags.has("revoke")) {
    if (isTold !== undefined) throw usage(`--${isTold} belongs to new invitations`);
    return { credentials, etcd, ...parseChange(flags.has("list"), flags.has("revoke"), names) };
  }
  if (names.length === 0 && file === undefined) throw usage("invite needs a name, or --file FILE");
  return {
    task: "invite",
    credentials,
    etcd,
    names,
    file,
    address: parseAddress(flags.text("address")),
    seconds: parseTime(flags.text("expires") ?? DEFAULT_TIME),
    isPage: flags.has("qr"),
  };
}

function parseChange(isList: boolean, isRevoke: boolean, names: readonly string[]) {
  if (isList && isRevoke) throw usage("--list and --revoke are two commands");
  if (isList && names.length > 0) {
    throw usage(`"${escapeText(names[0]!)}" is one argument too many`);
  }
  if (isRevoke && names.length === 0) throw usage("--revoke needs a name");
  return isList ? { task: "list" as const } : { task: "revoke" as const, names };
}

function parseAddress(text: string | undefined): Addresses {
  if (text !== undefined) return parseInviteAddresses("address", text);
  throw usage("say where clients find the server: --address HOST:PORT, as they are to type it");
}

function parseTime(text: string): number {
  const [, digits, unit = ""] = /^([1-9][0-9]{0,6})([mhd])$/.exec(text) ?? [];
  const seconds = Number(digits) * (UNITS[unit] ?? NaN);
  if (seconds <= MOST_SECONDS) return seconds;
  throw usage(`--expires takes a time up to 365d, as 90m, 12h or 7d, not "${escapeText(text)}"`);
}
