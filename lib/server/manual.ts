/**
 * The server's manual.
 *
 * @module
 */

import type { CommandManual, ProgramManual } from "../cli/manual/manual.ts";
import { textCommands } from "../cli/manual/text_commands.ts";
import { DEFAULT_PORT } from "../protocol/address.ts";
import { VERSION } from "../cli/version.ts";
import {
  ADMIN_ACTIONS,
  ADMIN_FLAGS,
  DATA_ACTIONS,
  DATA_FLAGS,
  FLEET_ACTIONS,
  INVITE_FLAGS,
  SERVE_FLAGS,
  STATUS_FLAGS,
  USER_ACTIONS,
  USER_FLAGS,
} from "./flags/flag_table.ts";

const USER: CommandManual = {
  name: "user",
  forms: [
    "user add|passwd|disable|enable|remove <name> [flags]",
    "user import|export <file> [flags]",
    "user list [flags]",
  ],
  summary: "say who may log in, in the credentials file",
  details: [
    "A password is kept as a record that proves it and does not hold it. A running server takes " +
    "in every change within a second.",
  ],
  flags: USER_FLAGS,
  examples: [
    { line: "user add leia", text: "ask for a password, and let leia log in" },
    { line: "user import names.txt", tail: " >slips.txt", text: "with generated passwords" },
  ],
  actions: USER_ACTIONS,
  isFirst: true,
  hasOwnFlagsOnly: true,
};

const INVITE: CommandManual = {
  name: "invite",
  forms: [
    "invite <name> … --address HOST:PORT [flags]",
    "invite --file NAMES --address HOST:PORT [flags]",
    "invite --list|--revoke <name> … [flags]",
  ],
  summary: "invite people, who then choose a password of their own",
  details: [
    "It writes a line for each name, which works once, and by which bittrickle-client join " +
    "knows the server. Keep it as secret as a password until it is used.",
    "Another one for the same name revokes the earlier one. Of a list in a file, those who are " +
    "users already are left out.",
  ],
  flags: INVITE_FLAGS,
  examples: [
    { line: "invite leia luke --address index.lan:5000", text: "a line for each" },
    {
      line: "invite --file class.txt --address index.lan:5000 --qr",
      tail: " >a.htm",
      text: "slips of paper for a class",
    },
  ],
  isFirst: true,
  hasOwnFlagsOnly: true,
};

const ADMIN: CommandManual = {
  name: "admin",
  forms: ["admin passwd [flags]"],
  summary: "say who may invite and remove users on the status page",
  details: [
    "Whoever has this password may log in on the page that --http serves. A new one ends the " +
    "sessions that began with the old one.",
  ],
  flags: ADMIN_FLAGS,
  examples: [
    { line: "admin passwd", text: "ask for a password, and keep what proves it" },
    { line: "admin passwd --password-file secret.txt", text: "take it from a file" },
  ],
  actions: ADMIN_ACTIONS,
  isFirst: true,
  hasOwnFlagsOnly: true,
};

const DATA: CommandManual = {
  name: "data",
  forms: [
    "data check|export [flags]",
    "data import [flags] <publications.jsonl",
    "data backup|restore <file> [flags]",
  ],
  summary: "check, copy or fill the file that keeps what is published",
  details: [
    "check, export and backup work while a server runs; stop it before an import or a restore. " +
    "A backup holds passwords and keys: keep it as secret as those.",
    "With --journal, check, export and import are about what is in etcd, and servers may run.",
  ],
  flags: DATA_FLAGS,
  examples: [
    { line: "data check", text: "is anything damaged?" },
    { line: "data backup monday.backup", text: "all that another machine needs to go on" },
  ],
  actions: DATA_ACTIONS,
  isFirst: true,
  hasOwnFlagsOnly: true,
};

const FLEET: CommandManual = {
  name: "fleet",
  forms: ["fleet key <file>"],
  summary: "make what several servers need to be one index",
  details: [
    "Servers that are started with the same --journal and --cluster-key are one index: clients may " +
    "be given all of them. What they keep in etcd is sealed with the cluster key.",
  ],
  flags: [],
  examples: [
    { line: "fleet key cluster.key", text: "once; then copy it to all servers" },
    { line: "fleet key /etc/bittrickle/cluster.key", text: "the same, beside other settings" },
  ],
  actions: FLEET_ACTIONS,
  isFirst: true,
  hasOwnFlagsOnly: true,
};

const STATUS: CommandManual = {
  name: "status",
  forms: ["status [--json|--metrics] [--watch] [flags]"],
  summary: "show what goes on at a server that runs on this machine",
  details: [
    "Who is active, what is published and fetched, logins that failed, the disk and the load. " +
    "Only the user that runs the server may ask, at a socket beside its data file.",
  ],
  flags: STATUS_FLAGS,
  examples: [
    { line: "status --watch", text: "look on while a class works" },
    { line: "status --json", tail: " | jq .users.active", text: "a number for a script" },
  ],
  isFirst: true,
  hasOwnFlagsOnly: true,
};

/** Everything there is to know of the server. */
export const SERVER_MANUAL: ProgramManual = {
  name: "bittrickle-server",
  version: VERSION,
  summary: "The index of a BitTrickle network: knows who is active and who publishes what",
  forms: ["[[host:]port] [flags]", "<command> [flags]"],
  details: [
    "Without a command it serves until it is stopped; the users stand in a file, and what is " +
    "published is kept in another. It never touches the content of files.",
    `Without a port it listens on ${DEFAULT_PORT}, where clients look that are told no other.`,
  ],
  flags: SERVE_FLAGS,
  commands: [USER, INVITE, ADMIN, DATA, FLEET, STATUS, ...textCommands("user")],
  examples: [
    { line: "5000", text: "serve this machine" },
    { line: "5000 --host 0.0.0.0 --log json", text: "serve the network, and log for programs" },
    { line: "5000 --http 8080", text: "with a status page at http://127.0.0.1:8080/" },
    { line: "5000 --host ::", text: "serve the network over IPv6 and IPv4" },
  ],
  sections: [
    {
      title: "Environment",
      rows: [["BITTRICKLE_PASSWORD", "the password of user add, user passwd and admin passwd"]],
    },
    {
      title: "Exit codes",
      rows: [
        ["0", "done"],
        ["1", "unexpected error; please report it"],
        ["2", "the command line, or a file it names, is wrong; or the users of it are in etcd"],
        ["3", "no such user or file"],
        ["4", "the port cannot be listened on; no server, or not all of etcd, answers"],
        ["7", "the local disk: something exists, is full, or may not be written"],
        ["8", "etcd refuses it, is full, or was sealed with another cluster key"],
        ["130", "interrupted"],
      ],
    },
  ],
};
