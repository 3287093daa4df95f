/**
 * Files between the client in Python and real clients, in both directions.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { dirname } from "@std/path";
import { MIB } from "../support/big_file.ts";
import { someBytes } from "../support/bytes.ts";
import { Network } from "../support/network.ts";
import type { Program } from "../support/program.ts";
import { waitFor } from "../support/wait_for.ts";
import { probeSources, runPython, startPython, WITH_PYTHON } from "./python.ts";

/** Their trees differ: no piece, one block, one piece and several, whole and not. */
const FILES: Readonly<Record<string, Uint8Array>> = {
  "empty": new Uint8Array(),
  "one byte.txt": someBytes(1),
  "lab/größe/two pieces": someBytes(2 * MIB, 2),
  "lab/three pieces and a byte": someBytes(3 * MIB + 1, 3),
};
const NAMES = Object.keys(FILES);
const VADER = { user: "vader" };
const YODA = { user: "yoda" };
const SHARE = "0123456789abcdef";

/** What is asked of a source on some connections, and the first word of each answer. */
const ASKED: readonly (readonly (readonly [request: string, reply: string])[])[] = [
  [
    ["layer TICKET", "200 1"],
    ["layer", "200 1"],
    ["pieces 0 2", "200 2"],
    ["pieces 3 1 TICKET", "200 1"],
    ["pieces 0 4", "200 4"],
    ["pieces 0 5", "400"],
    ["pieces 4 1", "400"],
    ["pieces 0 17", "400"],
    ["have 0 4", "200 1"],
    ["have 1 1", "200 1"],
    ["have 2 21", "200 1"],
    ["have 1048575 1", "200 1"],
    ["choice 3", "200 2"],
    ["choice 1,4", "400"],
    ["bad 3", "200 0"],
    ["bad 4", "400"],
    ["layer AAAA", "403"],
    ["pieces 1 1", "200 1"],
    ["have 0 262145", "closed"],
  ],
  [["layer", "403"], ["", "closed"]],
  [["pieces 0 1 AAAA", "403"], ["", "closed"]],
  [["nonsense TICKET", "closed"]],
  [["pieces 00 1 TICKET", "closed"]],
  [["pieces 0 0 TICKET", "closed"]],
  [["pieces 1048575 2 TICKET", "closed"]],
  [["choice 1,1 TICKET", "closed"]],
  [["layer TICKET ", "closed"]],
  [["layer  TICKET", "closed"]],
];
const CONNECTIONS = ASKED.map((asked) => asked.map(([request]) => request).filter((it) => it));
const REPLIES = ASKED.map((asked) => asked.map(([, reply]) => reply));

async function writeFiles(folder: string, files = FILES): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) {
    await Deno.mkdir(dirname(`${folder}/${name}`), { recursive: true });
    await Deno.writeFile(`${folder}/${name}`, bytes);
  }
}

/** Shares `files` by the client in Python. */
async function sharePython(network: Network, files = FILES): Promise<Program> {
  const folder = network.home.pathOf("shared");
  await writeFiles(folder, files);
  const program = startPython(network.port, YODA, "share", folder, SHARE);
  await program.shows("\n");
  assertEquals(JSON.parse(program.stdout), Object.keys(files).sort());
  return program;
}

/** Fetches by the client in Python, and returns whom the pieces came from. */
async function fetchPython(network: Network, what: string, to: string) {
  const { code, out, err } = await runPython(network.port, VADER, "get", what, to);
  assertEquals([code, err], [0, ""]);
  return JSON.parse(out) as Record<string, number>;
}

Deno.test("a client in Python fetches what a real one shares", WITH_PYTHON, async () => {
  await using network = await Network.start();
  const { shell, folder } = await network.join("hans");
  await writeFiles(folder);
  await shell.ask("pub .", "4 files published");
  for (const [name, bytes] of Object.entries(FILES)) {
    const copy = network.home.pathOf("copy");
    const from = await fetchPython(network, name, copy);
    assertEquals(from, bytes.length ? { hans: Math.ceil(bytes.length / MIB) } : {});
    assertEquals(await Deno.readFile(copy), bytes);
    await Deno.remove(copy);
  }
});

Deno.test("a real client fetches what one in Python shares", WITH_PYTHON, async () => {
  await using network = await Network.start();
  await using python = await sharePython(network);
  for (const name of NAMES) {
    const { code, stdout, stderr } = await network.once("hans", "get", name);
    assertEquals([code, stdout], [0, `${name} downloaded successfully\n`], stderr);
    assertEquals(await Deno.readFile(network.home.pathOf(`hans/${name}`)), FILES[name]);
  }
  assertEquals((await python.finish()).code, 0);
  const gone = await network.once("chewy", "get", NAMES[1]!);
  assertEquals([gone.code, gone.stdout], [3, "File not found\n"]);
});

Deno.test("a client in Python serves many real ones at once", WITH_PYTHON, async () => {
  await using network = await Network.start();
  await using _python = await sharePython(network, { big: someBytes(12 * MIB, 4) });
  const users = ["hans", "vader", "chewy"];
  const ends = await Promise.all(users.map((user) => network.once(user, "get", "big")));
  assertEquals(ends.map(({ code }) => code), [0, 0, 0]);
  for (const user of users) {
    assertEquals(await Deno.readFile(network.home.pathOf(`${user}/big`)), someBytes(12 * MIB, 4));
  }
});

Deno.test(
  "a client in Python goes on with a download, from a real client and one in Python",
  WITH_PYTHON,
  async () => {
    await using network = await Network.start();
    const bytes = someBytes(12 * MIB + 5, 5);
    const { shell, folder } = await network.join("hans", ["--limit-up", "3M"]);
    await writeFiles(folder, { big: bytes });
    await shell.ask("pub big", "File published");
    await using _python = await sharePython(network, { big: bytes });
    const copy = network.home.pathOf("copy");
    const begun = bytes.slice(0, 4 * MIB);
    begun.fill(0, 2 * MIB, 2 * MIB + 1_000);
    await Deno.writeFile(`${copy}.part`, begun);
    const from = await fetchPython(network, "big", copy);
    assertEquals(from.hans! + from.yoda!, 13 - 3);
    assert(from.hans! > 0 && from.yoda! > 0);
    assertEquals(await Deno.readFile(copy), bytes);
    const again = await runPython(network.port, VADER, "get", "big", copy);
    assertStringIncludes(again.err, "File exists");
  },
);

Deno.test(
  "a client in Python serves on when the index was started again",
  WITH_PYTHON,
  async () => {
    await using network = await Network.start();
    await using _python = await sharePython(network);
    await network.restartServer();
    const get = () => network.once("hans", "get", "one byte.txt");
    await waitFor("the login after the restart", async () => (await get()).code === 0);
  },
);

Deno.test("a source in Python answers what a real one does", WITH_PYTHON, async () => {
  await using network = await Network.start();
  const bytes = someBytes(3 * MIB + 9, 6);
  const { shell, folder } = await network.join("hans");
  await writeFiles(folder, { big: bytes });
  await shell.ask("pub big", "File published");
  await using _python = await sharePython(network, { big: bytes });
  const { hans, yoda } = await probeSources(network.port, VADER, "big", CONNECTIONS);
  assertEquals(yoda, hans);
  const replies = hans!.map((answers) => answers.map(([reply]) => reply));
  assertEquals(replies, REPLIES);
});
