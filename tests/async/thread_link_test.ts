/**
 * Threads that throw where nothing catches it: whoever started them is told, and no stack of the
 * runtime is shown.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { walk } from "@std/fs/walk";
import { fromFileUrl, relative } from "@std/path";
import { MAY_RUN } from "../support/permission.ts";
import { Program } from "../support/program.ts";

const PROGRAM = fromFileUrl(new URL("../support/broken_thread.ts", import.meta.url));
const ROOT = fromFileUrl(new URL("../..", import.meta.url));
/** The programs of all threads. */
const WORKERS = MAY_RUN
  ? (await Array.fromAsync(walk(`${ROOT}lib`, { includeDirs: false }))).map(({ path }) => path)
    .filter((path) => path.endsWith("_worker.ts"))
  : [];

Deno.test("there are threads to look at", { ignore: !MAY_RUN }, () => {
  assert(WORKERS.length > 5);
});

for (const path of WORKERS) {
  Deno.test(`what ${relative(ROOT, path)} throws is told without a stack`, async () => {
    const command = [Deno.execPath(), "run", "--quiet", "-A", PROGRAM, path];
    await using program = new Program(command);
    const { code, stdout, stderr } = await program.finish();
    assertMatch(stdout, /^broken down: [^\n]+\n$/);
    assertEquals([code, stderr], [0, ""]);
  });
}
