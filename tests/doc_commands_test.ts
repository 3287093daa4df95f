/**
 * Every block of the documentation is checked by something: walks are typed into terminals, scripts are
 * read by a shell and by the programs' own parsers, configurations and JSON by theirs.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import denoJson from "../deno.json" with { type: "json" };
import { PAGES } from "../docs/site/contents.ts";
import { parseConfig } from "../lib/client/settings/config_file.ts";
import { canRun, MAY_USE_DISK } from "./support/permission.ts";
import { commandsIn } from "./support/shell_text.ts";
import { type Block, blocksIn, faultsIn } from "./support/shown_commands.ts";
import { WALKED_PAGES } from "./support/walked_pages.ts";

const ROOT = fromFileUrl(new URL("../", import.meta.url));
const README = "README.md";
const WITH_DISK = { ignore: !MAY_USE_DISK };
const WITH_BASH = { ignore: !await canRun("bash", "--version") };
const TASKS = Object.keys(denoJson.tasks);
/** Shown, and not typed by anybody. */
const NOT_TYPED = ["text", "abnf", "mermaid", "nft"];

/** What is wrong with a block of each language that is checked here, a line each. */
const CHECKS: Readonly<Record<string, (text: string) => string[]>> = {
  sh: (text) => faultsIn(text, TASKS),
  toml: (text) => [...parseConfig(text, "toml").indexes.keys()].length > 0 ? [] : ["no index"],
  ndjson: (text) => text.trimEnd().split("\n").flatMap((line) => JSON.parse(line) ? [] : [line]),
};

/** All blocks, each with the page that it is on. */
async function allBlocks(): Promise<[page: string, block: Block][]> {
  const pages = [README, ...PAGES];
  return (await Promise.all(pages.map(async (page) => {
    const blocks = blocksIn(await Deno.readTextFile(ROOT + page));
    return blocks.map((block): [string, Block] => [page, block]);
  }))).flat();
}

Deno.test("every block of the documentation is of a kind that is checked", WITH_DISK, async () => {
  const unchecked = (await allBlocks()).filter(([page, { language, text }]) => {
    if (language === "console") return ![README, ...WALKED_PAGES].includes(page);
    if (NOT_TYPED.includes(language)) return /^\$ /m.test(text);
    return !(language in CHECKS);
  });
  assertEquals(unchecked.map(([page, { language, text }]) => `${page}: ${language}: ${text}`), []);
});

Deno.test("every page with a walk is walked", WITH_DISK, async () => {
  const pages = (await allBlocks()).filter(([, { language }]) => language === "console");
  const walked = new Set(pages.map(([page]) => page).filter((page) => page !== README));
  assertEquals([...walked].sort(), [...WALKED_PAGES].sort());
});

Deno.test("the programs understand every command of the documentation", WITH_DISK, async () => {
  const faults = (await allBlocks()).flatMap(([page, { language, text }]) => {
    return (CHECKS[language]?.(text) ?? []).map((fault) => `${page}: ${fault}`);
  });
  assertEquals(faults, []);
});

Deno.test("a shell understands every script of the documentation", WITH_BASH, async () => {
  const scripts = (await allBlocks()).filter(([, { language }]) => language === "sh");
  for (const [page, { text }] of scripts) {
    const command = new Deno.Command("bash", { args: ["-n", "-c", text], stderr: "piped" });
    const { stderr } = await command.output();
    assertEquals(new TextDecoder().decode(stderr), "", page);
  }
});

const SCRIPTS: readonly (readonly [script: string, commands: readonly string[][]])[] = [
  ["a 'b c' \"d e\" f\\ g # h", [["a", "b c", "d e", "f g"]]],
  ["a >b 2>/dev/null <c &", [["a"]]],
  ["a | b && c || d; e\nf", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"]]],
  ["(umask 077; a --b=$PWD)", [["umask", "077"], ["a", "--b=$PWD"]]],
  ['a "$(b c)" \\\n  d', [["b", "c"], ["a", "", "d"]]],
  ["if ! a; then b; fi", [["a"], ["b"], ["fi"]]],
];

for (const [script, commands] of SCRIPTS) {
  Deno.test({ name: `the commands of ${JSON.stringify(script)}`, permissions: "none" }, () => {
    assertEquals(commandsIn(script), commands);
  });
}

const WRONG = [
  "bittrickle-client 5000 --frobnicate",
  "true && bittrickle-client 5000 frobnicate",
  "bittrickle-client join invitation.txt sch --frobnicate lab",
  "index bittrickle-server user frobnicate leia",
  "runuser -u bittrickle -- bittrickle-server 5000 --frobnicate",
  "bittrickle-server completion csh",
  "npx -y deno@2.9.6 task frobnicate",
];

for (const script of WRONG) {
  Deno.test({ name: `${script} is no command`, permissions: "none" }, () => {
    assertEquals(faultsIn(script, TASKS).length, 1);
  });
}
