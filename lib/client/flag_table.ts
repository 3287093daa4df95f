/**
 * The client's flags: the parser takes their names from here, and so do help, completion and the man
 * page.
 *
 * @module
 */

import type { Flag } from "../cli/manual/manual.ts";

/** The commands that download. */
const DOWNLOADING = ["get", "cat"];

/** The commands that list. */
const LISTING = ["lap", "lpf", "sch"];

/** Flags of single commands. One that means different things to two commands is here twice. */
export const COMMAND_FLAGS: readonly Flag[] = [
  { name: "as", value: "NAME", text: "save under another name", only: ["get"] },
  {
    name: "out",
    value: "FOLDER",
    values: "folder",
    text:
      "save in this folder, which is made if needed; outside of the shared one, nothing in it " +
      "is shared",
    only: ["get"],
  },
  { name: "force", text: "replace a file that has the name", only: ["get"] },
  { name: "rename", text: 'save as "name (1)" where something else has the name', only: ["get"] },
  { name: "skip", text: "leave alone what has the name, whatever it is", only: ["get"] },
  {
    name: "match",
    value: "SEARCH",
    text: "get all that a search finds, which may hold patterns: 'lab*.pdf user:hans'",
    only: ["get"],
  },
  { name: "yes", text: "do not ask before --match gets what it has found", only: ["get"] },
  { name: "share", text: "publish what is fetched", only: ["get"] },
  {
    name: "range",
    value: "FROM-TO",
    text: "only these bytes, counted from 0: 0-499, 500- for the rest, =-500 for the last 500",
    only: ["cat"],
  },
  { name: "force", text: "write to a terminal even what is no text", only: ["cat"] },
  {
    name: "everywhere",
    text: "from all devices and folders of yours, not only from this one",
    only: ["unp"],
  },
  {
    name: "watch",
    text: "publish what changes, and withdraw what is deleted, within seconds",
    only: ["share"],
  },
  {
    name: "poll",
    text: "the same for network drives, of whose changes the system tells nothing",
    only: ["share"],
  },
  {
    name: "include",
    value: "PATTERN",
    text: "only files that match, as '*.pdf' or lab/; may be given several times",
    only: ["share", "pub"],
  },
  {
    name: "exclude",
    value: "PATTERN",
    text: "nothing that matches; may be given several times",
    only: ["share", "pub"],
  },
  {
    name: "long",
    text: "show sessions, folders and ids as well, and cut nothing",
    only: LISTING,
  },
  { name: "limit", value: "N", text: "show so many, and count the others", only: LISTING },
  {
    name: "sort",
    value: "KEY",
    values: ["name", "size", "sources"],
    text: "by name, by size or, of sch, by sources",
    only: ["lpf", "sch"],
  },
  { name: "check", text: "tell what is newer, and change nothing", only: ["upgrade"] },
];

/** Flags of the whole program. */
export const PROGRAM_FLAGS: readonly Flag[] = [
  {
    name: "user",
    value: "NAME",
    text: "log in as this user",
    default: "asks for it",
    except: ["join"],
  },
  {
    name: "password-file",
    value: "FILE",
    values: "file",
    text: "read the password from the first line of a file, or set BITTRICKLE_PASSWORD",
    default: "asks for it",
  },
  {
    name: "dir",
    value: "FOLDER",
    values: "folder",
    text: "share from and download to this folder",
    default: "the current one",
  },
  {
    name: "patience",
    value: "TIME",
    text: "wait so long while nothing comes, as 90, 90s, 5m or 2h",
    default: "5m; in a shell until you stop it",
    only: DOWNLOADING,
  },
  {
    name: "no-swarm",
    text: "do not pass on what is fetched while others fetch it, too",
    only: DOWNLOADING,
  },
  {
    name: "limit-up",
    value: "RATE",
    text: "send at most so many bytes per second in all, as 500k or 5M",
    default: "off",
  },
  {
    name: "limit-down",
    value: "RATE",
    text: "receive at most so many bytes per second in all",
    default: "off",
  },
  {
    name: "advertise",
    value: "ADDRESS[:PORT]",
    text:
      "tell others to fetch at this address, that of a router or container, if the server allows it",
    default: "where the server sees you",
    only: ["share"],
  },
  {
    name: "config",
    value: "FILE",
    values: "file",
    text: "read this configuration",
    default: "the one that config path prints",
  },
  { name: "json", text: "print one JSON object a line" },
  { name: "quiet", text: "show nothing but results and errors" },
  {
    name: "protocol",
    value: "1|2",
    values: ["1", "2"],
    text: "speak the plain protocol or the sealed one",
    default: "the sealed one, and the plain one to an index of this machine that knows no other",
  },
  {
    name: "allow-plain",
    text: "exchange files with other machines though they travel in clear",
    default: "with this machine only",
  },
];
