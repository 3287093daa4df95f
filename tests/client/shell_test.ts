import { assertEquals } from "@std/assert";
import { AVAILABLE, helpOutcome } from "../../lib/client/commands.ts";
import { Output } from "../../lib/client/output.ts";
import { parseInvocation } from "../../lib/client/invocation.ts";
import { complete, runInvocation, runShell, type Workbench } from "../../lib/client/shell.ts";
import type { Terminal } from "../../lib/cli/terminal.ts";
import { BitTrickleError } from "../../lib/errors.ts";
import type { Peer } from "../../lib/peer/peer.ts";

const LIVING = new AbortController().signal;

const PEER: Partial<Peer> = {
  lap: () => Promise.resolve({ kind: "list", of: "active peers", items: [], more: 0 }),
  sch: (text) => Promise.resolve({ kind: "list", of: "files found", items: [text], more: 0 }),
  isFolder: () => Promise.resolve(false),
  pub: () => Promise.reject(new BitTrickleError("disk", "Cannot read it")),
  get: () => Promise.reject(new BitTrickleError("interrupted", "interrupted")),
};

/** A bench at which `lines` are typed, or come from a script, and what it prints. */
function benchWith(lines: readonly string[], { isInteractive = true, signal = LIVING } = {}) {
  const left = [...lines];
  const printed = { stdout: "", stderr: "", left };
  const output = new Output({
    json: false,
    stdout: (text) => printed.stdout += text,
    stderr: (text) => printed.stderr += text,
  });
  const terminal = {
    isInteractive,
    ask: () => Promise.resolve(left.shift()),
    get linesRead() {
      return lines.length - left.length;
    },
  } as Partial<Terminal> as Terminal;
  const bench: Workbench = { peer: PEER as Peer, terminal, output, signal };
  return { bench, printed };
}

Deno.test({ name: "runShell() runs lines until xit", permissions: "none" }, async () => {
  const { bench, printed } = benchWith(["lap", "  lap  ", "", " ", "xit", "lap"]);
  await runShell(bench);
  assertEquals(printed, {
    stdout: `${AVAILABLE}\nNo active peers\nNo active peers\n`,
    stderr: "",
    left: ["lap"],
  });
});

Deno.test({ name: "runShell() ends with its input", permissions: "none" }, async () => {
  const { bench, printed } = benchWith(["help"]);
  await runShell(bench);
  assertEquals(printed.stdout, `${AVAILABLE}\n${helpOutcome().lines.join("\n")}\n`);
});

Deno.test({ name: "runShell() goes on after a mistake", permissions: "none" }, async () => {
  const { bench, printed } = benchWith(["rm a", "get", "pub a.txt", "lap"]);
  await runShell(bench);
  assertEquals(printed.stdout, `${AVAILABLE}\nNo active peers\n`);
  assertEquals(printed.stderr.split("\n"), [
    `"rm" is not a command. ${AVAILABLE}`,
    "get needs a file: get <file>",
    "Cannot read it",
    "",
  ]);
});

const SCRIPTS: readonly (readonly [lines: readonly string[], code: number])[] = [
  [["lap", "xit"], 0],
  [["pub a.txt", "lap"], 7],
  [["lap", "get", "pub a.txt"], 2],
  [["rm a"], 2],
  [["get --nonsense a"], 2],
  [["get a.txt", "pub a.txt"], 130],
];

for (const [lines, code] of SCRIPTS) {
  const name = `the script "${lines.join("; ")}" ends with ${code}, at a terminal with 0`;
  Deno.test({ name, permissions: "none" }, async () => {
    assertEquals(await runShell(benchWith(lines, { isInteractive: false }).bench), code);
    assertEquals(await runShell(benchWith(lines).bench), 0);
  });
}

Deno.test({
  name: "where no password was read, a line that is no command may be one, and is not shown",
  permissions: "none",
}, async () => {
  for (const secret of ["carbonite*7", "--carbonite", "--json=carbonite", "'carbonite 7'"]) {
    const { bench, printed } = benchWith(["lap", secret], { isInteractive: false });
    assertEquals(await runShell(bench), 2);
    assertEquals(printed.stderr, `Line 2 of the input is not a command. ${AVAILABLE}\n`);
  }
});

Deno.test({ name: "runShell() reads nothing after the signal", permissions: "none" }, async () => {
  const { bench, printed } = benchWith(["lap"], { signal: AbortSignal.abort() });
  await runShell(bench);
  assertEquals(printed.left, ["lap"]);
});

Deno.test(
  { name: "runInvocation() returns the exit code of its command", permissions: "none" },
  async () => {
    const { bench, printed } = benchWith([]);
    const run = (...words: string[]) => runInvocation(bench, parseInvocation(words));
    assertEquals(await run("lap"), 0);
    assertEquals(await run("help"), 0);
    assertEquals(await run("lap", "hans"), 2);
    assertEquals(await run("get"), 2);
    assertEquals(await run("sch", "a", "b"), 0);
    assertEquals(printed.stdout.split("\n").at(-2), "a b");
    assertEquals(await run("pub", "a.txt"), 7);
    assertEquals(await run("get", "a.txt"), 130);
    assertEquals(printed.stderr.split("\n").at(-2), "get was interrupted");
  },
);

Deno.test(
  { name: "complete() offers the commands that a line begins", permissions: "none" },
  () => {
    assertEquals(complete("l"), ["lap ", "limit ", "lpf "]);
    assertEquals(complete("he"), ["help "]);
    assertEquals(complete("get a"), []);
    assertEquals(complete("").length, 12);
  },
);
