import { assert, assertEquals } from "@std/assert";
import { completionScript } from "../../../lib/cli/manual/completion.ts";
import type { ProgramManual } from "../../../lib/cli/manual/manual.ts";
import { CompletingShell, hasShell } from "../../support/completing_shell.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";

/** A file and a folder that begin alike, one with a space, and what `get` must not take for remote. */
const FILES = ["lecture 1.pdf", "folder/", "folly.txt"];

/** What is typed before Tab, and what is there after it. */
const COMPLETED: readonly (readonly [typed: string, then: string])[] = [
  ["bittrickle-client j", "bittrickle-client join "],
  ["bittrickle-client ge", "bittrickle-client get "],
  ["bittrickle-client lab config s", "bittrickle-client lab config show "],
  ["bittrickle-client 5000 ca", "bittrickle-client 5000 cat "],
  ["bittrickle-client index.lan:5000 pa", "bittrickle-client index.lan:5000 passwd "],
  ["bittrickle-client [::1]:5000 --user cat sc", "bittrickle-client [::1]:5000 --user cat sch "],
  ["bittrickle-client 5000 get --pat", "bittrickle-client 5000 get --patience "],
  ["bittrickle-client 5000 --prot", "bittrickle-client 5000 --protocol "],
  ["bittrickle-client 5000 pub le", "bittrickle-client 5000 pub lecture\\ 1.pdf "],
  ["bittrickle-client 5000 pub a folly", "bittrickle-client 5000 pub a folly.txt "],
  ["bittrickle-client --dir fol", "bittrickle-client --dir folder/"],
  ["bittrickle-client --dir=fol", "bittrickle-client --dir=folder/"],
  [
    "bittrickle-client 5000 --password-file foll",
    "bittrickle-client 5000 --password-file folly.txt ",
  ],
  ["bittrickle-client join foll", "bittrickle-client join folly.txt "],
  ["bittrickle-client join folly.txt la", "bittrickle-client join folly.txt lap "],
  ["bittrickle-client completion po", "bittrickle-client completion powershell "],
  ["bittrickle-client help ge", "bittrickle-client help get "],
  ["bittrickle-server us", "bittrickle-server user "],
  ["bittrickle-server user im", "bittrickle-server user import "],
  ["bittrickle-server user import foll", "bittrickle-server user import folly.txt "],
  ["bittrickle-server 5000 --log j", "bittrickle-server 5000 --log json "],
  ["bittrickle-server 5000 --log=j", "bittrickle-server 5000 --log=json "],
  ["bittrickle-server invite --ex", "bittrickle-server invite --expires "],
];

/** Where nothing is offered: names of remote files, and what looks like a flag and is none. */
const LEFT = ["bittrickle-client 5000 get le", "bittrickle-client 5000 get -- --pat"];

for (const shell of ["bash", "zsh", "fish"] as const) {
  Deno.test(`${shell} completes both programs`, { ignore: !await hasShell(shell) }, async () => {
    await using terminal = await CompletingShell.open(shell, FILES);
    for (const [typed, then] of COMPLETED) await terminal.completes(typed, then);
    for (const line of LEFT) await terminal.leaves(line);
    const verbs = ["cat", "config", "get", "lap", "lpf", "pub", "sch", "unp"];
    const screen = await terminal.offers("bittrickle-client 5000 ", verbs);
    assert(!/\b(limit|xit|join)\b/.test(screen), screen);
    await terminal.offers("bittrickle-client --protocol ", ["1", "2"]);
  });
}

const HOSTILE = 'it\'s "$(touch x)" `touch x` \\ ; %s #';

const COMMAND = {
  forms: [],
  summary: HOSTILE,
  details: [],
  flags: [],
  examples: [],
  isFirst: true,
} as const;

/** A program whose every text means something to some shell. */
const MANUAL: ProgramManual = {
  name: "bittrickle-client",
  version: "1",
  summary: "",
  forms: [],
  details: [],
  flags: [{ name: "log", value: "X", values: ["json"], text: HOSTILE }],
  commands: [
    { ...COMMAND, name: "get" },
    { ...COMMAND, name: "pub", values: "path", isRepeated: true },
    { ...COMMAND, name: "user", actions: [{ name: "import", summary: HOSTILE, values: "file" }] },
  ],
  examples: [],
  sections: [],
};

for (const shell of ["bash", "zsh", "fish"] as const) {
  const options = { ignore: !await hasShell(shell) };
  Deno.test(`no text of the table means anything to ${shell}`, options, async () => {
    await using terminal = await CompletingShell.open(shell, [], [MANUAL]);
    await terminal.completes("bittrickle-client --l", "bittrickle-client --log ");
    await terminal.offers("bittrickle-client ", ["get", "pub"]);
    assertEquals(await terminal.names(), []);
  });
}

Deno.test("the script for PowerShell is as it was", { ignore: !MAY_USE_DISK }, async () => {
  const snapshot = await Deno.readTextFile(new URL("./completion.ps1", import.meta.url));
  assertEquals(`${completionScript(MANUAL, "powershell").join("\n")}\n`, snapshot);
});
