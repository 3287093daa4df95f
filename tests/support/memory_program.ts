/**
 * The memory of a client as a process of its own: says that it is ready, waits for a line, opens the
 * memory at `path`, publishes `count` names from `place`, and tells its troubles.
 *
 *     memory_program.ts <path> <place> <count> [<free>]
 *
 * With `free`, no more than so many files can be opened in it by then.
 *
 * @module
 */

import { toStdout } from "../../lib/cli/write.ts";
import { FileMemory } from "../../lib/peer/share/file_memory.ts";

const [path, place, count, free] = Deno.args;
const troubles: string[] = [];
toStdout("ready\n");
await Deno.stdin.read(new Uint8Array(1));
const taken = free === undefined ? [] : openAll();
for (const file of taken.splice(0, Number(free))) file.close();
const memory = await FileMemory.open(path, (trouble) => void troubles.push(trouble));
for (const file of taken) file.close();
for (let i = 0; i < Number(count); i++) {
  memory.publications.put(place!, [{ name: `name ${i}`, isTold: false }]);
}
memory[Symbol.dispose]();
toStdout(`${JSON.stringify(troubles)}\n`);

/** Opens files until the system allows no more. */
function openAll(): Deno.FsFile[] {
  const files: Deno.FsFile[] = [];
  try {
    for (;;) files.push(Deno.openSync("/dev/null"));
  } catch {
    return files;
  }
}
