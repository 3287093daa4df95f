import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { COMMANDS } from "../../lib/client/commands.ts";
import { COMMAND_FLAGS } from "../../lib/client/flag_table.ts";
import { type Invocation, parseInvocation } from "../../lib/client/invocation.ts";
import { splitWords } from "../../lib/client/words.ts";
import { BitTrickleError } from "../../lib/errors.ts";
import { flagsOf } from "../support/surroundings.ts";

const PURE = { permissions: "none" } as const;
const NO_FLAGS = { force: false, share: false };

const LINES: Readonly<Record<string, Partial<Invocation>>> = {
  "lap": { verb: "lap", args: [] },
  "ls hans": { verb: "lpf", args: ["hans"] },
  "get a --force b": { args: ["a", "b"], flags: { force: true, share: false } },
  "--force get a": { args: ["a"], flags: { force: true, share: false } },
  "get --as b a": { args: ["a"], flags: { as: "b", ...NO_FLAGS } },
  "get a --as=-b": { args: ["a"], flags: { as: "-b", ...NO_FLAGS } },
  "get -- --force -x.txt": { args: ["--force", "-x.txt"] },
  "get a --share -- --as": { args: ["a", "--as"], flags: { force: false, share: true } },
  "get --everywhere a": { args: ["a"], flags: { ...NO_FLAGS, everywhere: true } },
  "get --long a": { args: ["a"], flags: { ...NO_FLAGS, long: true } },
  "get -- --": { args: ["--"] },
  "get -": { args: ["-"] },
  'get "--force" a': { args: ["a"], flags: { force: true, share: false } },
  'get -- "--force"': { args: ["--force"] },
  "get '' \"\"": { args: ["", ""] },
  "sch 007 1e3 true": { args: ["007", "1e3", "true"] },
  "get a --help": { verb: "help", args: ["get"] },
  "--help": { verb: "help", args: [] },
};

for (const [line, expected] of Object.entries(LINES)) {
  Deno.test({ name: `the command in ${line}`, ...PURE }, () => {
    const verb = line.includes("get") ? "get" : line.split(" ")[0]!;
    const { args = [], flags = NO_FLAGS } = expected;
    assertEquals(parseInvocation(splitWords(line)), { verb, args, flags, ...expected });
  });
}

const MISTAKES: Readonly<Record<string, string>> = {
  "get -x.txt": '"-x.txt" is not a flag; what begins with - is written after --',
  "get --json a": '"--json" is for the whole client: give it where that is started',
  "pub --user x": '"--user" is for the whole client: give it where that is started',
  "get a --limit-down 1M": 'give it where that is started; in the shell there is "limit down RATE"',
  "get a --as": "--as needs a value",
  "get a --force=no": "--force takes no value",
};

for (const [line, reason] of Object.entries(MISTAKES)) {
  Deno.test({ name: `what is wrong with ${line}`, ...PURE }, () => {
    const parse = () => parseInvocation(splitWords(line));
    assertEquals(assertThrows(parse, BitTrickleError, reason).code, "usage");
  });
}

/** What may come of a search, and is best at being taken for something else. */
const names = fc.array(fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("--", "-", "-x", "--help", "--json", "--user", "--dir=/", "--force=true"),
  fc.constantFrom(...COMMAND_FLAGS).map(({ name }) => `--${name}`),
));
const verbs = fc.constantFrom(...COMMANDS.keys());

Deno.test({ name: "after -- no name is a flag, in the shell and in a command", ...PURE }, () => {
  fc.assert(fc.property(verbs, names, (verb, names) => {
    const args = names.map((name) => name.normalize("NFC"));
    const expected = { verb, args, flags: NO_FLAGS };
    assertEquals(parseInvocation([verb, "--", ...names]), expected);
    const { command, json } = flagsOf(["5000", verb, "--", ...names]);
    assertEquals([command, json], [expected, false]);
  }));
});

Deno.test({ name: "names are in normal form C, however they are typed", ...PURE }, () => {
  const typed = "u\u0308.txt";
  for (const verb of COMMANDS.keys()) {
    const { args, flags } = parseInvocation([verb, typed, "--as", typed]);
    assertEquals([args, flags.as], [["\u00fc.txt"], "\u00fc.txt"]);
    const { command } = flagsOf(["5000", verb, "--as", typed, "--", typed]);
    assertEquals([command?.args, command?.flags.as], [["\u00fc.txt"], "\u00fc.txt"]);
  }
});

Deno.test({ name: "paths, users and passwords stay as they are typed", ...PURE }, () => {
  const typed = "u\u0308";
  const args = ["5000", "lap", "--user", typed, "--dir", typed, "--password-file", typed];
  const { user, folder, passwordFile } = flagsOf(args);
  assertEquals([user, folder, passwordFile], [typed, typed, typed]);
});
