import { assertEquals } from "@std/assert";
import { AVAILABLE, helpOutcome } from "../../lib/cli/commands.ts";
import { Output } from "../../lib/cli/output.ts";
import { complete, runLine, runShell, type Workbench } from "../../lib/cli/shell.ts";
import type { Terminal } from "../../lib/cli/terminal.ts";
import { BitTrickleError } from "../../lib/errors.ts";
import type { Peer } from "../../lib/peer/peer.ts";

const PEER: Partial<Peer> = {
  lap: () => Promise.resolve({ kind: "list", of: "active peers", items: [], more: 0 }),
  sch: (text) => Promise.resolve({ kind: "list", of: "files found", items: [text], more: 0 }),
  isFolder: () => Promise.resolve(false),
  pub: () => Promise.reject(new BitTrickleError("disk", "Cannot read it")),
  get: () => Promise.reject(new BitTrickleError("interrupted", "interrupted")),
};

/** A bench at which `lines` are typed, and what it prints. */
function benchWith(lines: readonly string[], signal = new AbortController().signal) {
  const left = [...lines];
  const printed = { stdout: "", stderr: "", left };
  const output = new Output({
    json: false,
    stdout: (text) => printed.stdout += text,
    stderr: (text) => printed.stderr += text,
  });
  const terminal = { ask: () => Promise.resolve(left.shift()) } as Partial<Terminal> as Terminal;
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
  assertEquals(printed.stdout, `${AVAILABLE}\n${helpOutcome().text}\n`);
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

Deno.test({ name: "runShell() reads nothing after the signal", permissions: "none" }, async () => {
  const { bench, printed } = benchWith(["lap"], AbortSignal.abort());
  await runShell(bench);
  assertEquals(printed.left, ["lap"]);
});

Deno.test(
  { name: "runLine() returns the exit code of its command", permissions: "none" },
  async () => {
    const { bench, printed } = benchWith([]);
    assertEquals(await runLine(bench, ["lap"]), 0);
    assertEquals(await runLine(bench, ["lap", "hans"]), 2);
    assertEquals(await runLine(bench, ["get"]), 2);
    assertEquals(await runLine(bench, ["sch", "a", "b"]), 0);
    assertEquals(printed.stdout.split("\n").at(-2), "a b");
    assertEquals(await runLine(bench, ["pub", "a.txt"]), 7);
    assertEquals(await runLine(bench, ["get", "a.txt"]), 130);
    assertEquals(printed.stderr.split("\n").at(-2), "get was interrupted");
  },
);

Deno.test(
  { name: "complete() offers the commands that a line begins", permissions: "none" },
  () => {
    assertEquals(complete("l"), ["lap ", "lpf "]);
    assertEquals(complete("he"), ["help "]);
    assertEquals(complete("get a"), []);
    assertEquals(complete("").length, 8);
  },
);
