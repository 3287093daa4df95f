/**
 * The server's flags and what may follow its commands: the parsers take the names from here, and so do
 * help, completion and the man page.
 *
 * @module
 */

import type { Action, Flag } from "../../cli/manual/manual.ts";
import { usage } from "../../cli/parse_flags.ts";
import { didYouMean } from "../../cli/spelling.ts";
import type { BitTrickleError } from "../../errors.ts";
import { escapeText } from "../../protocol/escape.ts";
import { ETCD_FLAGS } from "./etcd_flags.ts";

const CREDENTIALS: Flag = {
  name: "credentials",
  value: "FILE",
  values: "file",
  text: 'the users, one "user password" a line',
  default: "credentials.txt",
};

const DATA: Flag = {
  name: "data",
  value: "FILE",
  values: "file",
  text: "the file that keeps what is published",
  default: "bittrickle.db",
};

const PASSWORD_FILE: Flag = {
  name: "password-file",
  value: "FILE",
  values: "file",
  text: "read the password from the first line of a file, or set BITTRICKLE_PASSWORD",
  default: "asks for it",
};

/** Flags of the status page. */
const HTTP_FLAGS: readonly Flag[] = [
  {
    name: "http",
    value: "[HOST:]PORT",
    text: "serve a status page, to this machine unless a host is given",
    default: "none",
  },
  {
    name: "http-cert",
    value: "FILE",
    values: "file",
    text: "serve the page over TLS, by this PEM",
  },
  { name: "http-key", value: "FILE", values: "file", text: "the key of the certificate" },
  {
    name: "http-token-file",
    value: "FILE",
    values: "file",
    text: "show the page only to those who have the token in this file",
  },
  { name: "http-name", value: "NAME", text: "a host name by which browsers may call the page" },
  {
    name: "invite-address",
    value: "HOST:PORT[,…]",
    text: "where those find the server who are invited on the page, or several of one index",
    default: "the address it listens on",
  },
];

const STATUS_SOCKET: Flag = {
  name: "status-socket",
  value: "FILE",
  values: "file",
  text: "the socket at which a running server tells its status; not on Windows",
  default: "the data file, with .sock behind it",
};

/** Flags of a server that serves. */
export const SERVE_FLAGS: readonly Flag[] = [
  {
    name: "host",
    value: "ADDRESS",
    text: "listen on this address too; 0.0.0.0 is all of IPv4, :: all, localhost 127.0.0.1 and ::1",
    default: "127.0.0.1, this machine only",
  },
  CREDENTIALS,
  { ...DATA, text: `${DATA.text}; :memory: keeps it until the server stops` },
  ...ETCD_FLAGS,
  {
    name: "allow-plain",
    text: "serve the plain protocol to other machines too, though passwords travel in clear there",
    default: "to this machine only",
  },
  {
    name: "allow-advertise",
    value: "NETWORK",
    text: "let clients say that they serve at an address of this network, as 192.0.2.0/24",
    default: "nobody may",
  },
  {
    name: "log",
    value: "text|json|off",
    values: ["text", "json", "off"],
    text: "how to log",
    default: "text",
  },
  ...HTTP_FLAGS,
  {
    name: "log-file",
    value: "FILE",
    values: "file",
    text: "append the log to a file, which is opened anew at SIGHUP",
    default: "standard output",
  },
  {
    name: "announce",
    value: "NAME",
    text: "tell everybody on the network that this index is here, by DNS-SD",
  },
  {
    name: "audit",
    value: "FILE",
    values: "file",
    text: "append logins, publications, tickets and changes of accounts to a file, as JSON",
  },
  { name: "check", text: "look at flags, users, key and data, say what is wrong, and exit" },
  STATUS_SOCKET,
];

/** Flags of `status`. */
export const STATUS_FLAGS: readonly Flag[] = [
  DATA,
  STATUS_SOCKET,
  { name: "json", text: "write it as one JSON object a line" },
  { name: "metrics", text: "write the metrics, in the text format of Prometheus" },
  { name: "watch", text: "show it again every second, until Ctrl-C" },
];

/** Flags of `user`. */
export const USER_FLAGS: readonly Flag[] = [CREDENTIALS, PASSWORD_FILE, ...ETCD_FLAGS];

/** Flags of `admin`. */
export const ADMIN_FLAGS: readonly Flag[] = [CREDENTIALS, PASSWORD_FILE];

/** Flags of `invite`. */
export const INVITE_FLAGS: readonly Flag[] = [
  CREDENTIALS,
  {
    name: "address",
    value: "HOST:PORT[,…]",
    text: "where clients find the server, or several of one index; needed",
  },
  { name: "file", value: "NAMES", values: "file", text: "invite those whose names are in a file" },
  {
    name: "expires",
    value: "TIME",
    text: "how long an invitation is good for, as 90m, 12h or 7d, a year at most",
    default: "7d",
  },
  { name: "qr", text: "write a page of HTML to be printed, with a QR code for each" },
  { name: "list", text: "show who was invited, and what became of it" },
  { name: "revoke", text: "take back the invitations of these names" },
  ...ETCD_FLAGS,
];

/** Flags of `data`. */
export const DATA_FLAGS: readonly Flag[] = [
  DATA,
  { ...CREDENTIALS, text: "the users; of a backup, with the keys and invitations beside them" },
  {
    name: "force",
    text:
      "replace what is there, which a restore keeps under another name; export from etcd without what is damaged",
  },
  ...ETCD_FLAGS,
];

/** What may follow `user`. */
export const USER_ACTIONS: readonly Action[] = [
  { name: "add", form: "<name>", summary: "let somebody log in, with a password" },
  { name: "passwd", form: "<name>", summary: "set a new password" },
  { name: "disable", form: "<name>", summary: "end the user's sessions, and let in no more" },
  { name: "enable", form: "<name>", summary: "let in again" },
  { name: "remove", form: "<name>", summary: "forget the user; what was published stays" },
  {
    name: "import",
    form: "<file>",
    summary: 'add many, one "name" or "name password" a line',
    values: "file",
  },
  {
    name: "export",
    form: "<file>",
    summary: "write users, invitations and the server's key into new files",
    values: "file",
  },
  { name: "list", summary: "show all users, and how each password is kept" },
];

/** What may follow `admin`. */
export const ADMIN_ACTIONS: readonly Action[] = [
  { name: "passwd", summary: "set the administrator's password for the status page" },
];

/** What may follow `fleet`. */
export const FLEET_ACTIONS: readonly Action[] = [
  { name: "key", form: "<file>", summary: "make the key that all servers share", values: "file" },
];

/** What may follow `data`. */
export const DATA_ACTIONS: readonly Action[] = [
  { name: "check", summary: "look at every page and every row of the file" },
  { name: "export", summary: "write what is published, one JSON object a line" },
  { name: "import", summary: "add what an export wrote, from standard input" },
  {
    name: "backup",
    form: "<file>",
    summary: "save data, users, invitations and keys in one file",
    values: "file",
  },
  { name: "restore", form: "<file>", summary: "bring a backup back", values: "file" },
];

/** The error for `given` after `command`, which takes one of `actions`. */
export function notAnAction(
  command: string,
  actions: readonly Action[],
  given: string,
): BitTrickleError {
  const names = actions.map(({ name }) => name);
  const known = `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
  const hint = given === "" ? "" : `, not "${escapeText(given)}"${didYouMean(given, names)}`;
  return usage(`"${command}" is followed by ${known}${hint}`);
}

/** Whether `actions` have one of that name. */
export function hasAction(actions: readonly Action[], name: string): boolean {
  return actions.some((action) => action.name === name);
}
