import { assert, assertEquals } from "@std/assert";
import { HistoryFile } from "../../lib/cli/history_file.ts";
import { HISTORY_LINES } from "../../lib/cli/line_history.ts";
import { MAY_USE_DISK } from "../support/permission.ts";
import { TempFolder } from "../support/temp_folder.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const ON_UNIX = { ignore: !MAY_USE_DISK || Deno.build.os === "windows" };

function silent(note: string): never {
  throw new Error(note);
}

async function addAll(path: string, lines: readonly string[]): Promise<void> {
  const file = new HistoryFile(path, silent);
  for (const line of lines) file.add(line);
  await file.written();
}

Deno.test("a history file has at most 1,000 lines, the newest ones", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const old = Array.from({ length: HISTORY_LINES - 2 }, (_, i) => `line ${i}`);
  const path = await folder.write("history", old.join("\n") + "\n");
  for (const count of [1, 2, 3]) {
    await addAll(path, [`new ${count}`]);
    const lines = await new HistoryFile(path, silent).read();
    assert(lines.length <= HISTORY_LINES);
    assertEquals(lines.at(-1), `new ${count}`);
    assertEquals(lines.at(-1 - count), old.at(-1));
  }
});

Deno.test("many shells that write at once lose nothing", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("state/history");
  const shells = Array.from({ length: 6 }, (_, i) => [`${i} a`, `${i} b`, `${i} c`]);
  await Promise.all(shells.map((lines) => addAll(path, lines)));
  const lines = await new HistoryFile(path, silent).read();
  assertEquals(lines.toSorted(), shells.flat().toSorted());
  for (const own of shells) assertEquals(lines.filter((it) => own.includes(it)), own);
});

Deno.test("only the owner may read it, whoever made it", ON_UNIX, async () => {
  await using folder = await TempFolder.make();
  const modeOf = async (path: string) => (await Deno.stat(path)).mode! & 0o777;
  const path = folder.pathOf("history");
  await addAll(path, ["one"]);
  assertEquals(await modeOf(path), 0o600);
  await Deno.chmod(path, 0o644);
  await addAll(path, ["two"]);
  assertEquals(await modeOf(path), 0o600);
});

Deno.test("a line that was cut off, and what no line can be, harm no other", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = await folder.write("history", "whole\nbad \x1b[2J\ncut o");
  await addAll(path, ["new", "with \x07 bell", "x".repeat(5_000)]);
  assertEquals(await new HistoryFile(path, silent).read(), ["whole", "cut o", "new"]);
});

/** What a file must not be that is read whole, as it has no end or has it too late. */
const ENDLESS: Readonly<Record<string, (path: string) => Promise<void>>> = {
  "it is not a regular file": (path) => Deno.symlink("/dev/zero", path),
  "it is larger than 16 MiB": (path) => Deno.writeFile(path, new Uint8Array(17 * 1_048_576)),
};

for (const [reason, make] of Object.entries(ENDLESS)) {
  Deno.test(`a history is left alone if ${reason}`, ON_UNIX, async () => {
    await using folder = await TempFolder.make();
    const path = folder.pathOf("history");
    await make(path);
    const { size } = await Deno.stat(path);
    const notes: string[] = [];
    const file = new HistoryFile(path, (note) => notes.push(note));
    assertEquals(await file.read(), []);
    file.add("a line");
    await file.written();
    assertEquals((await Deno.stat(path)).size, size);
    assert(notes.length === 1 && notes[0]!.includes(`history": ${reason}`), notes[0]);
  });
}

Deno.test("a history that cannot be used is said once", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = await folder.makeFolder("history");
  const notes: string[] = [];
  const file = new HistoryFile(path, (note) => notes.push(note));
  assertEquals(await file.read(), []);
  file.add("a line");
  await file.written();
  assertEquals(notes.length, 1);
  assert(
    /^Cannot read the history in ".*\/history": .*; the shell goes on/.test(notes[0]!),
    notes[0],
  );
});
