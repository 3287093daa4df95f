import { assert, assertEquals } from "@std/assert";
import { walk } from "@std/fs/walk";
import { fromFileUrl } from "@std/path";
import { ERROR_CODES, exitCodeFor, exitCodeOf } from "../lib/cli/exit_code.ts";
import { MAY_USE_DISK } from "./support/permission.ts";

const ROOT = fromFileUrl(new URL("../", import.meta.url));
const ON_DISK = { ignore: !MAY_USE_DISK };

/** Words in a row by which a message is found again in the source, which puts names between them. */
const ENOUGH_WORDS = 3;

/** The rows of the tables of docs/errors.md, cell by cell. */
async function readRows(): Promise<string[][]> {
  const text = await Deno.readTextFile(`${ROOT}docs/errors.md`);
  return text.split("\n").filter((line) => line.startsWith("| `")).map((line) =>
    line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "").trim())
  );
}

/** All of lib as one text, in which a text that is written in parts is whole. */
async function readSource(): Promise<string> {
  let source = "";
  for await (const { path } of walk(`${ROOT}lib`, { includeDirs: false })) {
    source += await Deno.readTextFile(path);
  }
  return source.replace(/["`] \+\s+["`]/g, "");
}

Deno.test("docs/errors.md lists every code with its exit code, and no other", ON_DISK, async () => {
  const rows = (await readRows()).filter((cells) => cells.length === 4);
  const listed = rows.map(([code, exit]) => [code!.replaceAll("`", ""), Number(exit)]);
  const known = ERROR_CODES.map((code) => [code, exitCodeFor(code)]);
  const unexpected = ["unexpected", exitCodeOf(new Error("x"))];
  assertEquals(listed.sort(), [...known, unexpected].sort());
  for (const [code, , , cure = ""] of rows) assert(cure.length > 0, `${code} has no cure`);
});

Deno.test("the messages of docs/errors.md are those of the programs", ON_DISK, async () => {
  const source = await readSource();
  for (const cells of await readRows()) {
    const message = (cells.length === 4 ? cells[2]! : cells[0]!).replaceAll("`", "");
    if (message === "none") continue;
    const words = message.split(" ");
    const runs = words.map((_, i) => words.slice(i, i + ENOUGH_WORDS).join(" "))
      .slice(0, Math.max(1, words.length - ENOUGH_WORDS + 1));
    assert(runs.some((run) => source.includes(run)), `no message is like "${message}"`);
  }
});
