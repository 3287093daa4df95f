/**
 * What a person reads about each command of the table in `commands.ts`.
 *
 * @module
 */

import type { Example, Values } from "../cli/manual/manual.ts";

/** What a command does, at more length than in its summary. */
export interface CommandText {
  /** Paragraphs. */
  readonly details: readonly string[];
  readonly examples: readonly Example[];
  /** What a shell completes after it. */
  readonly values?: Values;
}

const FROM_FOLDER = "The folder is the current one unless --dir names another. ";

/** For each command its text. */
export const COMMAND_TEXTS: Readonly<Record<string, CommandText>> = {
  cancel: {
    details: [
      "What a download has so far is kept: get goes on from there. jobs tells the numbers.",
    ],
    examples: [
      { line: "cancel 1", text: "end the first command that was sent to the background" },
      { line: "cancel 2", text: "end the second one" },
    ],
  },
  cat: {
    details: [
      "The file comes from all its sources, in order; each piece of 1 MiB is verified before it " +
      "is written. No copy is left in the folder.",
      "A name, an id, its beginning, or <id>:<size in bytes> names the file.",
    ],
    examples: [
      { line: "cat notes.txt", text: "read a file without keeping it" },
      { line: "cat lab.log --range=-500", text: "its last 500 bytes" },
    ],
  },
  config: {
    details: [
      "show tells what is in force, and for each setting where it comes from: a flag, a variable of " +
      "the environment (BITTRICKLE_USER and so on), a line of the file, or the default. path " +
      "prints where the file is.",
      'The file has a key for each flag, as user = "hans", and names indexes: a table ' +
      "[indexes.lab] with an address makes lab one. Flags count before the environment, that " +
      "before the file; --no-share, --swarm and the like undo what is set there.",
    ],
    examples: [
      { line: "config show", text: "what is in force for this index?" },
      { line: "config path", text: "which file is read?" },
    ],
    values: ["show", "path"],
  },
  discover: {
    details: [
      "It listens for two seconds. Anybody can announce anything: compare the fingerprint with the " +
      "one that `bittrickle-server status` or its log tells, before you log in for the first time.",
      "A server announces itself if it was started with --announce.",
    ],
    examples: [
      { line: "discover", text: "which indexes are here?" },
      { line: "discover --json", text: "the same for a script" },
    ],
  },
  get: {
    details: [
      "A file comes from all its sources at once, verified piece by piece, and gets its name " +
      "when it is complete. Repeat the command to resume what was interrupted.",
      "A name, an id, its beginning, or <id>:<size in bytes> names a file; a name that ends " +
      "with / stands for all that others publish below it. A name with spaces is written in " +
      "quotes, one that begins with - after --.",
      "A pattern, as 'lab/*.pdf' or 'lab/**' (without quotes in the shell), stands for what " +
      "others publish; --match is a search with patterns, which shows what it has found before it gets it.",
    ],
    examples: [
      { line: "get lab3.pdf --as mine.pdf", text: "download a file under another name" },
      { line: "get lab/ notes.txt", text: "download a whole folder, and a file" },
      { line: "get --match 'lab*.pdf user:hans'", text: "download what a search finds" },
    ],
  },
  jobs: {
    details: [
      "A command that ends in & runs in the background; get, pub and unp may. Ctrl-Z sends there " +
      "what runs, Ctrl-C cancels it. What comes of a job begins with its number.",
    ],
    examples: [
      { line: "get big.iso &", text: "download in the background" },
      { line: "jobs", text: "what runs, and how far is it?" },
    ],
  },
  lap: {
    details: ["An active peer is a user whose client is running. You are not among them."],
    examples: [
      { line: "lap", text: "who is there?" },
      { line: "lap --long", text: "from which devices, and since when?" },
    ],
  },
  limit: {
    details: [
      "Without anything after it, it shows both limits. A rate is in bytes per second, as 500k or " +
      "5M, or off; 32k is the lowest. A limit holds at once, for transfers that run, too.",
    ],
    examples: [
      { line: "limit up 5M", text: "send at most 5 MB per second in all" },
      { line: "limit down off", text: "receive as fast as it goes" },
    ],
  },
  lpf: {
    details: ["Without a user it lists your own files, from all your devices."],
    examples: [
      { line: "lpf", text: "what do I publish?" },
      { line: "lpf hans", text: "what does hans publish?" },
      { line: "lpf --long", text: "and from which of my devices and folders?" },
    ],
  },
  passwd: {
    details: [
      "It asks for the present password and twice for the new one. Your other sessions end. It " +
      "is a command of its own, not for the shell, and not for a password that stands in clear " +
      "in the server's credentials.txt: that one is changed there.",
    ],
    examples: [
      { line: "passwd --user leia", text: "change the password of leia" },
      { line: "passwd --user leia --password-file old.txt", text: "without being asked for it" },
    ],
  },
  pub: {
    details: [
      `${FROM_FOLDER}Of a folder everything below it is published, but hidden files, links and ` +
      "unfinished downloads, and what its .bittrickleignore leaves out, a file of patterns as " +
      "git has them in .gitignore. Files are served while a client with this folder is running; what " +
      "you publish stays published until you withdraw it with unp.",
      "A pattern, as '*.pdf' or 'lab/**' (without quotes in the shell), stands for files of the " +
      "folder; a path, as ./lab3.pdf, for the file that it leads to.",
    ],
    examples: [
      { line: "pub lab3.pdf", text: "publish a file" },
      { line: "pub lab", text: "publish all that is in a folder" },
    ],
    values: "path",
  },
  sch: {
    details: [
      "It finds names that hold all the words, in any case unless a word holds a capital. " +
      "It leaves out your own files, which lpf lists. " +
      "Filters: user:hans, ext:pdf,epub, larger:10MB, smaller:1.5GB, case:any, case:exact.",
    ],
    examples: [
      { line: "sch lab pdf", text: "names that hold both words" },
      { line: "sch lab user:hans larger:10MB", text: "large files of hans" },
      { line: "sch lab --sort sources --limit 5", text: "what most users have" },
    ],
  },
  share: {
    details: [
      `${FROM_FOLDER}All of it is published, or the folders and files that are named. It needs ` +
      "nobody: it reads no input, and goes on until it is stopped by Ctrl-C or SIGTERM, with exit " +
      "code 0. A service manager that waits for it is told when everything is published.",
      "With --watch, new files are published when they have stopped changing, changed ones " +
      "again, and deleted ones are withdrawn. What another client withdraws stays so until the " +
      "file changes. If all of a folder is gone at once, as a disk that is unmounted, nothing is " +
      "withdrawn.",
      "Patterns are those of git, and so are the files .bittrickleignore in the folders, which " +
      "say what is left out. What was published before and is left out now is withdrawn.",
    ],
    examples: [
      {
        line: "share --watch --user leia",
        text: "all of the folder, as it changes",
      },
      { line: "share lab --exclude '*.tmp' --user leia", text: "a folder, without some of it" },
    ],
    values: "path",
  },
  unp: {
    details: [
      "The files stay where they are; others find them no more. A name that ends with / stands " +
      "for all that you publish below it, and a pattern, as '*.pdf' (without quotes in the " +
      "shell), for what it matches of that.",
    ],
    examples: [
      { line: "unp lab3.pdf", text: "withdraw a file" },
      { line: "unp lab/", text: "withdraw all that is in a folder" },
      { line: "unp lab3.pdf --everywhere", text: "also what another device of yours publishes" },
    ],
  },
  upgrade: {
    details: [
      "It asks the page of releases over HTTPS, and only when you do; no other command does. " +
      "BITTRICKLE_RELEASES names another page. The exit code is 0 whether there is a newer release " +
      "or not (with --json, newer tells), 3 if there is none at all, 4 if the page does not answer " +
      "as it should.",
    ],
    examples: [
      { line: "upgrade --check", text: "is there a newer release?" },
      { line: "upgrade --check --json", text: "the same for a script" },
    ],
  },
  wait: {
    details: ["Ctrl-C ends the waiting, and not the job. A script waits for its jobs by itself."],
    examples: [
      { line: "wait 1", text: "go on when the first job has ended" },
      { line: "wait", text: "go on when all have ended" },
    ],
  },
  xit: {
    details: [
      "Uploads that are running get up to 5 s to finish. What you publish stays published.",
    ],
    examples: [{ line: "xit", text: "leave the shell, as Ctrl-D does at an empty prompt" }],
  },
};
