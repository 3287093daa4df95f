/**
 * The commands of every program that only print what is in its manual.
 *
 * @module
 */

import type { CommandManual } from "./manual.ts";
import { SHELLS } from "./completion.ts";

/**
 * What each of them does.
 *
 * @param other A command of the program, for an example
 */
export const textCommands = (other: string): readonly CommandManual[] => [
  {
    name: "help",
    forms: ["help [command]"],
    summary: "show all commands, or what one does",
    details: [],
    flags: [],
    examples: [
      { line: "help", text: "all commands and flags" },
      { line: `help ${other}`, text: `what ${other} does, and how` },
    ],
    isFirst: true,
    hasOwnFlagsOnly: true,
  },
  {
    name: "completion",
    forms: [`completion ${SHELLS.join("|")}`],
    summary: "write a script that lets a shell complete commands",
    details: [
      "The script holds commands, flags and their values, and asks nothing. Load it where the " +
      "shell starts: in ~/.bashrc, in ~/.zshrc after compinit, in ~/.config/fish/config.fish, or " +
      "in $PROFILE of PowerShell.",
    ],
    flags: [],
    examples: [
      { line: "completion bash", tail: " >>~/.bashrc", text: "in all shells from now on" },
      { line: "completion fish", tail: " | source", text: "in this shell" },
    ],
    values: SHELLS,
    isFirst: true,
    hasOwnFlagsOnly: true,
  },
  {
    name: "man",
    forms: ["man [folder]"],
    summary: "write the manual page, for man",
    details: ["Without a folder it goes to standard output; with one, into a file there."],
    flags: [],
    examples: [
      { line: "man", tail: " | man -l -", text: "read it" },
      {
        line: "man ~/.local/share/man/man1",
        text: "put it where man finds it",
      },
    ],
    values: "folder",
    isFirst: true,
    hasOwnFlagsOnly: true,
  },
];
