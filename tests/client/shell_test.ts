import { assert, assertEquals } from "@std/assert";
import { AVAILABLE, BANNER } from "../../lib/client/commands.ts";
import { shellHelp } from "../../lib/client/help.ts";
import { Output } from "../../lib/client/output.ts";
import { parseInvocation } from "../../lib/client/invocation.ts";
import { Interrupts } from "../../lib/client/interrupts.ts";
import { runInvocation, type Workbench } from "../../lib/client/run_command.ts";
import { runShell } from "../../lib/client/shell.ts";
import { LiveArea } from "../../lib/cli/live_area.ts";
import { TransferBoard } from "../../lib/client/transfer_board.ts";
import type { Terminal } from "../../lib/cli/terminal.ts";
import { BitTrickleError, interrupted } from "../../lib/errors.ts";
import type { Gotten } from "../../lib/peer/download/get_setting.ts";
import { waitFor } from "../support/wait_for.ts";
import type { DetailedLists } from "../../lib/peer/detailed_lists.ts";
import type { Peer } from "../../lib/peer/peer.ts";

const BEGINNING = `${BANNER.join("\n")}\n`;
const LIVING = new AbortController().signal;

const PEER: Partial<Peer> = {
  lap: () => Promise.resolve({ kind: "list", of: "active peers", items: [], more: 0 }),
  lpf: () => Promise.resolve({ kind: "list", of: "files published", items: [], more: 0 }),
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
    stdout: (text) => void (printed.stdout += text),
    stderr: (text) => void (printed.stderr += text),
  });
  const area = new LiveArea(undefined);
  const terminal = {
    isInteractive,
    area,
    watch: () => new DisposableStack(),
    ask: () => Promise.resolve(left.shift()),
    get linesRead() {
      return lines.length - left.length;
    },
  } as Partial<Terminal> as Terminal;
  const interrupts = new Interrupts(() => {});
  const transfers = new TransferBoard({ area, write: () => {} });
  const bench: Workbench = { peer: PEER as Peer, terminal, output, signal, interrupts, transfers };
  return { bench, printed };
}

Deno.test({ name: "runShell() runs lines until xit", permissions: "none" }, async () => {
  const { bench, printed } = benchWith(["lap", "  lap  ", "", " ", "xit", "lap"]);
  await runShell(bench);
  assertEquals(printed, {
    stdout: `${BEGINNING}No active peers\nNo active peers\n`,
    stderr: "",
    left: ["lap"],
  });
});

Deno.test({ name: "runShell() ends with its input", permissions: "none" }, async () => {
  const { bench, printed } = benchWith(["help", "help get"]);
  await runShell(bench);
  const help = [...shellHelp().lines, ...shellHelp("get").lines];
  assertEquals(printed.stdout, `${BEGINNING}${help.join("\n")}\n`);
});

Deno.test({ name: "runShell() goes on after a mistake", permissions: "none" }, async () => {
  const { bench, printed } = benchWith(["rm a", "get", "pub a.txt", "lap"]);
  await runShell(bench);
  assertEquals(printed.stdout, `${BEGINNING}No active peers\n`);
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
  [["pub a.txt &", "rm a"], 7],
  [["get a.txt &", "wait 1", "pub a.txt"], 130],
  [["sch a &"], 2],
  [["cancel 1"], 3],
  [["exit"], 0],
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

Deno.test({ name: "what answers at once is no job", permissions: "none" }, async () => {
  const { bench, printed } = benchWith(["help &", "lap &", "jobs"]);
  await runShell(bench);
  assert(printed.stderr.startsWith("help does not run in the background; get, pub, unp do."));
  assertEquals(printed.stdout, `${BEGINNING}No jobs\n`);
});

Deno.test(
  { name: "a quote that is not closed has nothing done for its words", permissions: "none" },
  async () => {
    const { bench, printed } = benchWith(['pub "old notes.txt', 'sch "old notes"', "sch it's"]);
    await runShell(bench);
    assert(/^Cannot read the command line: a quote is not closed; .*\n$/.test(printed.stderr));
    assertEquals(
      printed.stdout,
      `${BEGINNING}1 file found:\nold notes\n1 file found:\nit's\n`,
    );
  },
);

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

Deno.test({
  name: "Ctrl-C at an empty prompt says that a second one leaves, which may come at once or soon",
  permissions: "none",
}, async () => {
  const { bench } = benchWith([]);
  const left = Promise.withResolvers<undefined>();
  const [notices, stops]: [string[], number[]] = [[], []];
  let now = 0;
  const interrupts = new Interrupts(() => stops.push(now));
  const notice = (text: string) => notices.push(text);
  const terminal = { ...bench.terminal, notice, abandonLine: () => false, ask: () => left.promise };
  const attended = { ...bench, interrupts, terminal: terminal as unknown as Terminal };
  const running = runShell(attended, { now: () => now });
  for (now of [0, 150, 20_000, 28_000, 40_000, 60_000]) interrupts.press();
  left.resolve(undefined);
  await running;
  assertEquals(stops, [150, 28_000]);
  assertEquals(notices, Array(4).fill("Ctrl-C again to leave"));
});

/** A peer whose downloads end when they are told to, with what was begun. */
function slowPeer() {
  const begun: { readonly name: string; readonly end: () => void }[] = [];
  const peer: Partial<Peer> = {
    ...PEER,
    lists: { hasFolderOfOthers: () => Promise.resolve(false) } as unknown as DetailedLists,
    get: (name, options) => {
      const { promise, resolve, reject } = Promise.withResolvers<Gotten>();
      const signal = options!.signal!;
      signal.addEventListener("abort", () => reject(interrupted()));
      begun.push({ name, end: () => resolve({ kind: "nothing" }) });
      return promise;
    },
  };
  return { peer, begun };
}

Deno.test(
  { name: "a script waits for its jobs, and names each", permissions: "none" },
  async () => {
    const { bench, printed } = benchWith(["get a &", "get b &", "jobs"], { isInteractive: false });
    const { peer, begun } = slowPeer();
    const running = runShell({ ...bench, peer: peer as Peer });
    await waitFor("both", () => begun.length === 2);
    begun[1]!.end();
    await waitFor("the end of one", () => printed.stdout.includes("[2] File not found"));
    begun[0]!.end();
    assertEquals(await running, 3);
    assertEquals(printed.stderr, "[1] get a\n[2] get b\n");
    const jobs = "[1] running    get a\n[2] running    get b\n";
    assertEquals(printed.stdout, `${AVAILABLE}\n${jobs}[2] File not found\n[1] File not found\n`);
  },
);

Deno.test({ name: "cancel ends one job and no other", permissions: "none" }, async () => {
  const lines = ["get a &", "get b &", "cancel 2", "jobs"];
  const { bench, printed } = benchWith(lines, { isInteractive: false });
  const { peer, begun } = slowPeer();
  const running = runShell({ ...bench, peer: peer as Peer });
  await waitFor("the list", () => printed.stdout.includes("running"));
  begun[0]!.end();
  assertEquals(await running, 3, "the first line that failed, not the first failure");
  assert(printed.stderr.includes("[2] get was interrupted\n"));
  assert(printed.stdout.includes("[1] running    get a\n[2] cancelled  get b\n"));
});

Deno.test(
  { name: "Ctrl-C ends the command, and then the shell", permissions: "none" },
  async () => {
    const { bench, printed } = benchWith(["get a", "lap"]);
    const { peer, begun } = slowPeer();
    const running = runShell({ ...bench, peer: peer as Peer });
    await waitFor("the download", () => begun.length === 1);
    bench.interrupts.press();
    await running;
    assertEquals(printed.stderr, "get was interrupted\n");
    assert(printed.stdout.endsWith("No active peers\n"));
  },
);

Deno.test(
  { name: "what is kept for the next shell are commands", permissions: "none" },
  async () => {
    const lines = ["lap", " lap", "carbonite*7", "ls", "LAP", "get", "xit"];
    const kept: string[] = [];
    const { bench } = benchWith(lines);
    const options = () => ({
      recorder: { add: (it: string) => kept.push(it) },
    });
    await runShell(bench, options());
    assertEquals(kept, ["lap", "ls", "get"]);
    await runShell(benchWith(lines, { isInteractive: false }).bench, options());
    assertEquals(kept.length, 3);
  },
);
